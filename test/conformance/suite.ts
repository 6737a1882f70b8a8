/** The conformance suite on one kind of channel, in both styles, plain; in Node also with a seed and in debug mode. */
import { type RunOptions, run } from "millrace";
import { describe, expect, test, vi } from "vitest";
import { styles } from "../kit/styles.ts";
import { channel } from "./channel.ts";
import { choice } from "./choice.ts";
import { close } from "./close.ts";
import { goes } from "./go.ts";
import { type Chapter, type Factory, Kit } from "./kit.ts";
import { losers } from "./losers.ts";
import { memory } from "./memory.ts";
import { nil } from "./nil.ts";
import { queues } from "./queues.ts";
import { ranges } from "./range.ts";
import { receive } from "./receive.ts";
import { selects } from "./select.ts";
import { send } from "./send.ts";
import { values } from "./values.ts";

const chapters: Readonly<Record<string, Chapter>> = {
  channel,
  send,
  receive,
  close,
  nil,
  range: ranges,
  values,
  queues,
  select: selects,
  losers,
  choice,
  go: goes,
  memory,
};

/** What the library writes from now on: in debug mode it must not warn of operations that were performed. */
function warnings(): () => string[] {
  const { stderr } = (globalThis as { process?: { stderr?: { write(text: string): boolean } } }).process ?? {};
  const spy = stderr === undefined ? vi.spyOn(console, "error") : vi.spyOn(stderr, "write");
  return () => {
    const said = spy.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith("millrace:"));
    spy.mockRestore();
    return said;
  };
}

interface Mode {
  readonly name: string;
  readonly options: RunOptions;
  /** Which part of the rounds that a sentence asks for it makes. */
  readonly share: number;
}

const plain: Mode = { name: "plain", options: {}, share: 1 };
const seeded: Mode = { name: "seeded", options: { seed: 20_251_124 }, share: 1 };
// Each operation takes a stack trace, which costs more than all the rest and does not depend on the number of rounds.
const debug: Mode = { name: "debug", options: { debug: true }, share: 0.1 };

// Seeds and debug mode know nothing of the host, so one host shows what they change.
const modes = "document" in globalThis ? [plain] : [plain, seeded, debug];

/** Makes the tests of all chapters. */
export function conformance(factory: Factory): void {
  for (const { name: mode, options, share } of modes) {
    for (const style of styles) {
      for (const [title, chapter] of Object.entries(chapters)) {
        describe(`${mode}, ${style.name}, ${title}`, () => {
          const names = Object.keys(chapter(new Kit(factory, style)));
          test.each(names)("%s", async (name) => {
            const kit = new Kit(factory, style, share);
            const script = chapter(kit)[name] as () => Generator<unknown, unknown, unknown>;
            const said = warnings();
            await run(style.body(script), options);
            // The run is over: none of its waiters may be left on a queue.
            for (const ch of kit.made) kit.expectWaiting(ch, 0, 0);
            expect(said()).toStrictEqual([]);
          });
        });
      }
    }
  }
}
