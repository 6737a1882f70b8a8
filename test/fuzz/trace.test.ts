/** Trace files, which anybody may hand to `millrace inspect`. */
import fc from "fast-check";
import { ArgumentError, chan, go, run, select } from "millrace";
import { Mutex } from "millrace/sync";
import { sleep } from "millrace/time";
import { start, stop } from "millrace/trace";
import { expect } from "vitest";
import type { Source } from "../../src/inspector/protocol.ts";
import { openTrace } from "../../src/inspector/recorded/recorded.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

/** What a small program with a little of everything records. */
async function record(): Promise<string> {
  const pieces: string[] = [];
  start((text) => void pieces.push(text));
  await run(function* () {
    const ch = chan<number>(1, { name: "values" });
    const mu = new Mutex();
    go(function* sender() {
      yield* mu.lock();
      yield* sleep(1);
      mu.unlock();
      for (let i = 0; i < 3; i++) yield* ch.send(i);
      ch.close();
    });
    yield* select({ value: ch.recv(), late: sleep(50) });
    yield* mu.lock();
    while ((yield* ch.recvOk())[1]);
  });
  stop();
  return pieces.join("");
}
const trace = await record();

const TYPES = ["M", "X", "i", "C", "s", "f", "b", "e", "B", "E", "?"];
const loose = fc.record(
  {
    ph: fc.constantFrom(...TYPES),
    ts: fc.oneof(fc.double(), fc.nat()),
    dur: fc.oneof(fc.double(), fc.nat()),
    pid: fc.oneof(fc.nat(3), fc.integer(), fc.string()),
    tid: fc.oneof(fc.nat(3), fc.integer()),
    id: fc.oneof(fc.nat(9), fc.string()),
    name: fc.oneof(
      fc.string(),
      fc.constantFrom("running", "runnable", "__proto__", "length of values", "thread_name", "chan receive"),
    ),
    cat: fc.oneof(fc.string(), fc.constantFrom("goroutine", "channel", "sync")),
    args: fc.oneof(fc.jsonValue(), fc.record({ value: fc.oneof(fc.nat(), fc.string()), name: fc.string() })),
  },
  { requiredKeys: ["ph"] },
);
const texts = fc.oneof(
  damaged(fc.constant(trace)),
  fc.array(loose, { maxLength: 30 }).map((events) => JSON.stringify(events)),
  fc.array(loose, { maxLength: 30 }).map((events) => JSON.stringify({ traceEvents: events })),
  fc.json(),
  fc.string({ unit: "binary" }),
);

/** All that a page asks on its first view. */
async function look(source: Source): Promise<void> {
  const page = { offset: 0, limit: 100 };
  await source.ask("status", {});
  const { rows } = await source.ask("goroutines", page);
  for (const { id } of rows.slice(0, 5)) await source.ask("goroutine", { id });
  await source.ask("channels", page);
  await source.ask("graph", {});
  await source.ask("timeline", { ...page, from: 0, to: 100, width: 500 });
  await source.ask("findings", {});
}

fuzz(
  "any text is a trace that can be looked at, or refused by name",
  texts,
  async (text) => {
    let source: Source;
    try {
      source = openTrace(text, "fuzz.json");
    } catch (error) {
      expect(error).toBeInstanceOf(ArgumentError);
      expect((error as Error).message.length).toBeLessThan(1000);
      return;
    } finally {
      unpolluted();
    }
    await look(source);
    unpolluted();
  },
  500,
);
