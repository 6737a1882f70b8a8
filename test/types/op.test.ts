/** An operation is what a program may use of it: no more is offered by an editor, and no more is in the declarations. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../kit/pack.ts";
import { completions } from "./compiler.ts";

test("an editor offers `then`, and no part of the engine", { timeout: 120_000 }, () => {
  const offered = completions(`
    import { chan, select, runtime } from "millrace";
    import { Mutex } from "millrace/sync";
    const ch = chan<number>();
    void [ch.recv().‸then, select({ a: ch.recv() }).‸then, new Mutex().lock().‸then, runtime.gosched().‸then];
  `);
  expect(offered).toStrictEqual([["then"], ["then"], ["then"], ["then"]]);
});

/** The declarations that `file` leads to, each by its path. */
function reached(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, "utf8");
  seen.set(file, text);
  for (const [, from] of text.matchAll(/from "(\.[^"]+)\.c?js"/g)) {
    reached(join(dirname(file), `${from}${file.endsWith(".d.cts") ? ".d.cts" : ".d.ts"}`), seen);
  }
  return seen;
}

const ENGINE = /^(?:declare )?(?:abstract )?(?:class|interface|type) (?:P|G|M|Waiter|WaitQueue|Timers|Operation)\b/gm;

test.each(["d.ts", "d.cts"])("the declarations that index.%s leads to have none of the engine", (kind) => {
  const declared = (entry: string): string[] =>
    [...reached(join(root, `dist/${entry}.${kind}`)).values()].flatMap((text) => text.match(ENGINE) ?? []);
  expect(declared("index")).toStrictEqual([]);
  // The search finds them where they are.
  expect(declared("op/index")).toEqual(expect.arrayContaining(["declare class P", "declare abstract class Waiter"]));
});
