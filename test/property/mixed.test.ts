/**
 * Random programs in which some goroutines are generators and some async functions, under the production scheduler, which
 * goes by the clock. Nobody can say which run to expect, so what is checked is what holds for every run: exactly-once
 * delivery, first in first out, and that nobody waits who could go on. The runtime's own events give the order.
 */
import fc from "fast-check";
import { listen, type RuntimeEvent, runtime, wait } from "millrace";
import { expect, test } from "vitest";
import { P } from "../../src/runtime/proc.ts";
import { type Case, type Instr, type Program, program, valueFrom } from "./program.ts";
import { look, Performance } from "./real.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Mixed {
  readonly performance: Performance;
  readonly events: readonly RuntimeEvent[];
  readonly end: readonly ReturnType<typeof look>[];
}

async function runMixed(subject: Program, asyncs: number, seed: number | undefined): Promise<Mixed> {
  const performance = new Performance(subject);
  performance.isAsync = (g) => ((asyncs >> g) & 1) === 1;
  performance.yields = (pc) => (pc % 2 === 0 ? runtime.gosched() : wait(Promise.resolve()));
  const events: RuntimeEvent[] = [];
  const stop = listen((event) => void events.push(event));
  const p = new P(seed === undefined ? {} : { seed });
  let failure: unknown;
  p.start(performance.main, (ended) => {
    if (!ended.ok) failure = ended.error;
  });
  // Until nothing has happened for some turns of the host.
  for (let quiet = 0, seen = -1; quiet < 3; quiet++) {
    await turn();
    if (events.length !== seen) quiet = 0;
    seen = events.length;
  }
  stop();
  if (failure !== undefined) throw failure;
  const end = performance.channels.map(look);
  p.finish({ ok: true, value: undefined });
  for (const { senders, receivers } of performance.channels.map(look)) {
    expect([senders, receivers], "what the finished run left behind").toStrictEqual([[], []]);
  }
  return { performance, events, end };
}

/** The channel that the send at `path` of a step is on, and whether it is a send. */
function sendAt(instr: Instr | Case, path: readonly number[]): number | undefined {
  if (path.length === 0) return instr.op === "send" || instr.op === "trySend" ? instr.ch : undefined;
  if (instr.op !== "select") return undefined;
  const [first, ...rest] = path;
  return sendAt(instr.cases[first as number] as Case, rest);
}

/** The values whose sends the log says to have happened, by channel. */
function sentBy(subject: Program, { log, channels }: Performance): Set<string>[] {
  const sent = channels.map(() => new Set<string>());
  for (const { g, pc, outcome } of log) {
    const match = /^((?:\d+: )*)(?:sent|trySend true)$/.exec(outcome);
    if (match === null) continue;
    const path = (match[1] as string).split(": ").filter(Boolean).map(Number);
    const instr = subject.goroutines[g]?.[pc] as Instr;
    const ch = sendAt(instr, path);
    if (ch !== undefined) sent[ch]?.add(valueFrom(g, pc, path));
  }
  return sent;
}

/** The values that left each channel, in order, from the events. */
function delivered(events: readonly RuntimeEvent[]): Map<number, string[]> {
  const values = new Map<number, string[]>();
  for (const event of events) {
    if (event.kind === "chan-make") values.set(event.chan, []);
    // A receive takes a value out; a send that hands over directly does so, too.
    if ((event.kind === "chan-recv" && event.ok) || (event.kind === "chan-send" && event.direct)) {
      values.get(event.chan)?.push(String(event.value));
    }
  }
  return values;
}

/** The values that went through each channel's buffer or came straight from a sender, in the order they came. */
function checkBuffers(events: readonly RuntimeEvent[]): void {
  const buffers = new Map<number, (string | undefined)[]>();
  for (const event of events) {
    if (event.kind === "chan-make") buffers.set(event.chan, []);
    if ((event.kind !== "chan-send" && event.kind !== "chan-recv") || !event.ok) continue;
    const buffer = buffers.get(event.chan) as (string | undefined)[];
    if (event.direct) expect(buffer, "what is in the buffer when a value passes it by").toStrictEqual([]);
    else if (event.kind === "chan-send") buffer.push(String(event.value));
    else {
      const first = buffer.shift();
      // undefined: it came from a parked sender, and which one no event says.
      if (first !== undefined) expect(event.value).toBe(first);
      while (buffer.length < event.length) buffer.push(undefined);
    }
    expect(event.length).toBe(buffer.length);
  }
}

function check(subject: Program, { performance, events, end }: Mixed): void {
  checkBuffers(events);
  const out = [...delivered(events).values()];
  const sent = sentBy(subject, performance);
  out.forEach((values, ch) => {
    const { buffer, closed, senders, receivers } = end[ch] as (typeof end)[number];
    // Exactly once: what was sent was received or is in the buffer, and nothing else.
    const all = [...values, ...buffer.map(String)];
    expect(new Set(all).size).toBe(all.length);
    expect([...all].sort()).toStrictEqual([...(sent[ch] as Set<string>)].sort());
    // First in, first out: what one goroutine sent arrives in the order of its steps.
    const steps = new Map<string, number>();
    for (const value of all) {
      const [g, pc] = value.split(/[./]/) as [string, string];
      expect(Number(pc)).toBeGreaterThan(steps.get(g) ?? -1);
      steps.set(g, Number(pc));
    }
    // Nobody waits who could go on.
    const capacity = (subject.channels[ch] as Program["channels"][number]).capacity;
    if (buffer.length > 0 || closed) expect(receivers).toStrictEqual([]);
    if (buffer.length < capacity || closed) expect(senders).toStrictEqual([]);
    const waiters = [...senders.map((each) => each.split(" ")[0]), ...receivers.map(String)];
    const known = waiters.every((id) => id !== "undefined" && id !== "0");
    if (senders.length > 0 && receivers.length > 0 && known)
      expect(new Set(waiters).size, "a select on both ends").toBe(1);
  });
  // What receivers say they got is what left the channels.
  const got = performance.log.flatMap(({ outcome }) => /got (\d+\.\d+[/\d]*)/.exec(outcome)?.[1] ?? []);
  expect([...got].sort()).toStrictEqual(out.flat().sort());
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 400);

test.each([
  ["some are async", undefined],
  ["some are async, with a seed", 1],
  ["all are async", undefined],
  ["none is async", undefined],
])("%s", { timeout: 120_000 }, async (name, seed) => {
  const mask = name.startsWith("all") ? fc.constant(255) : name.startsWith("none") ? fc.constant(0) : fc.nat(255);
  await fc.assert(
    fc.asyncProperty(program, mask, async (subject, asyncs) => check(subject, await runMixed(subject, asyncs, seed))),
    { numRuns: RUNS },
  );
});
