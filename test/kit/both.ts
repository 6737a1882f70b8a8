/**
 * What the tests of `millrace/sync` and `millrace/patterns` are written with: each test once, for `yield*` and `await`,
 * on a virtual clock.
 */
import { runtime } from "millrace";
import { test } from "vitest";
import type { Body } from "../../src/runtime/body.ts";
import type { Outcome } from "../../src/runtime/ending.ts";
import { P } from "../../src/runtime/proc.ts";
import { type Script, StyleKit, styles } from "./styles.ts";
import { virtual } from "./virtual.ts";

export class Kit extends StyleKit {
  /** Lets everybody go on who can. */
  *settle(): Script {
    for (let i = 0; i < 20; i++) yield* this.on(runtime.gosched());
  }
}

/** Declares a test that runs in both styles, on a virtual clock, and in which no goroutine may be left. */
export function both(title: string, script: (t: Kit) => Script<unknown>): void {
  for (const style of styles) {
    test(`${title} (${style.name})`, async () =>
      void (await virtual(
        style.body(() => script(new Kit(style))),
        { leaks: true },
      )));
  }
}

/** Runs `fn` so that every operation lets all others run first. */
export async function preempted(fn: () => unknown): Promise<void> {
  const p = new P({}, { pick: () => 0, preempt: () => true, below: () => 0 });
  const outcome = await new Promise<Outcome>((resolve) => p.start(fn as Body, resolve));
  if (!outcome.ok) throw outcome.error;
}
