/**
 * A program that is held shows what the specification's execution timelines show: both of their programs, one step after
 * the other, as tables of who made the step and of the channel's `hchan` and the goroutines after it.
 */
import { chan, go } from "millrace";
import * as time from "millrace/time";
import { expect, test } from "vitest";
import { Held } from "../../src/inspector/stepper/source.ts";

/** Steps `program` to its end; after each step one line of the table. */
async function table(program: () => unknown): Promise<string[]> {
  const held = await new Held({
    load: () => ({ program }),
    capture: () => () => {},
    program: "timeline",
  }).start();
  const lines: string[] = [];
  const goroutine = (id: string): string => (id.endsWith("/1") ? "G_main" : `G${Number(id.split("/")[1]) - 1}`);
  for (;;) {
    const state = await held.ask("stepper", {});
    if (state === null || state.ended !== null) break;
    const [next] = state.choices;
    const who = next?.id === "clock" ? "clock" : goroutine(next?.id ?? "");
    await held.ask("step", {});
    const { rows } = await held.ask("channels", { offset: 0, limit: 1 });
    const ch = await held.ask("channel", { id: rows[0]?.id ?? "" });
    const { rows: all } = await held.ask("goroutines", { offset: 0, limit: 9, sort: "id" });
    const ring = (ch?.slots ?? []).map((slot) => `[${slot ?? " "}]`).join("");
    const sendq = (ch?.sendq ?? []).map(({ g, value }) => `${goroutine(g)}=${value}`).join(" ");
    const recvq = (ch?.recvq ?? []).map(({ g }) => goroutine(g)).join(" ");
    const states = all.map(({ id, state: is, reason }) => `${goroutine(id)} ${is === "waiting" ? reason : is}`);
    lines.push(`${who} | ${ring} qcount=${ch?.length} | sendq: ${sendq} | recvq: ${recvq} | ${states.join(", ")}`);
  }
  held.close();
  return lines.map((line) => line.replaceAll(/ +(?!\])/g, " "));
}

test("case 1: an unbuffered channel", async () => {
  const steps = await table(function* () {
    const ch = chan<number>();
    const g1 = go(function* () {
      yield* ch.send(42);
      console.log("Sent 42");
    });
    yield* time.sleep(time.Millisecond); // G1 comes first
    console.log("Received", yield* ch.recv());
    yield* g1.join();
  });
  expect(steps).toEqual([
    // G_main makes ch, with empty queues, and starts G1.
    "G_main | qcount=0 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | qcount=0 | sendq: | recvq: | G_main sleep, G1 runnable",
    "G1 | qcount=0 | sendq: | recvq: | G_main sleep, G1 runnable",
    // G1 executes ch <- 42: nobody receives, so its sudog goes into sendq and G1 is parked.
    "G1 | qcount=0 | sendq: G1=42 | recvq: | G_main sleep, G1 chan send",
    "clock | qcount=0 | sendq: G1=42 | recvq: | G_main runnable, G1 chan send",
    "G_main | qcount=0 | sendq: G1=42 | recvq: | G_main runnable, G1 chan send",
    // G_main executes <-ch: takes 42 from the waiting sender, which is runnable again; G_main goes on and prints.
    "G_main | qcount=0 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | qcount=0 | sendq: | recvq: | G_main join, G1 runnable",
    // The scheduler resumes G1, which prints.
    "G1 | qcount=0 | sendq: | recvq: | G_main runnable, G1 ended",
    "G_main | qcount=0 | sendq: | recvq: | G_main ended, G1 ended",
  ]);
});

test("case 2: a buffered channel", async () => {
  const steps = await table(function* () {
    const ch = chan<number>(2);
    const g1 = go(function* () {
      yield* ch.send(1);
      yield* ch.send(2);
      yield* ch.send(3);
      console.log("Sent all");
    });
    yield* time.sleep(time.Millisecond); // give sender time
    console.log(yield* ch.recv());
    console.log(yield* ch.recv());
    console.log(yield* ch.recv());
    yield* g1.join();
  });
  expect(steps).toEqual([
    "G_main | [ ][ ] qcount=0 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | [ ][ ] qcount=0 | sendq: | recvq: | G_main sleep, G1 runnable",
    "G1 | [ ][ ] qcount=0 | sendq: | recvq: | G_main sleep, G1 runnable",
    // 1 and 2 go into the buffer; 3 finds it full, so G1 is parked in sendq.
    "G1 | [1][ ] qcount=1 | sendq: | recvq: | G_main sleep, G1 runnable",
    "G1 | [1][2] qcount=2 | sendq: | recvq: | G_main sleep, G1 runnable",
    "G1 | [1][2] qcount=2 | sendq: G1=3 | recvq: | G_main sleep, G1 chan send",
    "clock | [1][2] qcount=2 | sendq: G1=3 | recvq: | G_main runnable, G1 chan send",
    "G_main | [1][2] qcount=2 | sendq: G1=3 | recvq: | G_main runnable, G1 chan send",
    // G_main takes 1; 3 goes into the slot that is free now, and G1 is woken.
    "G_main | [3][2] qcount=2 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | [3][ ] qcount=1 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | [ ][ ] qcount=0 | sendq: | recvq: | G_main runnable, G1 runnable",
    "G_main | [ ][ ] qcount=0 | sendq: | recvq: | G_main join, G1 runnable",
    // G1 prints "Sent all".
    "G1 | [ ][ ] qcount=0 | sendq: | recvq: | G_main runnable, G1 ended",
    "G_main | [ ][ ] qcount=0 | sendq: | recvq: | G_main ended, G1 ended",
  ]);
});

test("what is looked at is the same thing after a step back", async () => {
  const held = await new Held({
    load: () => ({
      program: function* () {
        const ch = chan<string>(1, { name: "ch" });
        yield* ch.send("a");
        yield* ch.recv();
      },
    }),
    capture: () => () => {},
    program: "back",
  }).start();
  for (let n = 0; n < 2; n++) await held.ask("step", {});
  const { rows } = await held.ask("channels", { offset: 0, limit: 1 });
  const id = rows[0]?.id ?? "";
  const before = await held.ask("channel", { id });
  expect(before).toMatchObject({ name: "ch", slots: ['"a"'], sendx: 0, recvx: 0, length: 1 });
  await held.ask("step", {});
  expect(await held.ask("channel", { id })).toMatchObject({ length: 0 });
  await held.ask("back", {});
  expect(await held.ask("channel", { id })).toEqual(before);
  expect(await held.ask("status", {})).toMatchObject({ mode: "step", program: "back", ended: null });
  await expect(held.ask("step", { choice: 5 })).rejects.toThrow("step: choice: expected one of the 1 there are, got 5");
  await held.ask("step", {});
  expect(await held.ask("status", {})).toMatchObject({ ended: "" });
  held.close();
});
