/** The stepper: each action, and what it says of a program that is held. */
import { chan, go, run, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { Semaphore } from "millrace/sync";
import * as time from "millrace/time";
import { describe, expect, it } from "vitest";
import type { StepState } from "../../src/inspector/protocol.ts";
import type { RuntimeEvent } from "../../src/runtime/events.ts";
import { macrotask } from "../../src/runtime/host.ts";
import { encode } from "../../src/testing/explore/schedule.ts";
import { choiceOf, held, labels, pair, sorted, toEnd, until } from "./stepper-kit.ts";

describe("step", () => {
  it("makes one step, and says who can make the next and with what", async () => {
    const { stepper, events } = await held(pair);
    expect(stepper.state).toMatchObject({ paused: true, step: 0, kind: "goroutine", ended: null, output: "" });
    expect(labels(stepper.state)).toEqual(["1 main: starts"]);
    const state = await stepper.step();
    expect(state.step).toBe(1);
    expect(labels(state)).toEqual(["1 main: chan receive ch", "2 sender: starts", "3 sender: starts"]);
    expect(state.choices[0]?.label).toMatch(/, stepper-kit\.ts:\d+$/);
    const { run: id } = events[0] as RuntimeEvent;
    expect(state.choices.map((each) => each.id)).toEqual([`${id}/1`, `${id}/2`, `${id}/3`]);
    stepper.close();
  });

  it("goes as in production where nothing is chosen", async () => {
    const lines: string[] = [];
    await run(pair((line) => lines.push(line)));
    expect(lines).toEqual(["sent a", "got a", "got b"]);
    const { stepper } = await held(pair);
    expect(await toEnd(stepper)).toMatchObject({ ended: "", kind: "none", output: `${lines.join("\n")}\n` });
  });

  it("lets somebody else come first where that is chosen", async () => {
    const { stepper } = await held(pair);
    await stepper.step();
    const third = choiceOf(stepper.state, 3);
    await stepper.step(third.choice);
    const sends = choiceOf(stepper.state, 3);
    expect(sends.label).toContain("sender: chan send ch");
    await stepper.step(sends.choice);
    expect((await toEnd(stepper)).output).toBe("got b\ngot a\n");
  });

  it("is refused with a choice there is not", async () => {
    const { stepper } = await held(pair);
    await stepper.step();
    await expect(stepper.step(7)).rejects.toThrow("step: choice: expected one of the 3 there are, got 7");
    expect(stepper.state.step).toBe(1);
    stepper.close();
  });

  it("does nothing once the program is over", async () => {
    const { stepper } = await held(pair);
    const state = await toEnd(stepper);
    expect(await stepper.step()).toEqual(state);
  });

  it("moves the clock when nobody can go on", async () => {
    const { stepper, events } = await held(
      (print) =>
        function* () {
          yield* time.sleep(1500);
          print("awake");
        },
    );
    await stepper.step();
    expect(await stepper.step()).toMatchObject({
      kind: "other",
      choices: [{ label: "time goes on to 1500 ms", id: "clock" }],
    });
    await stepper.step();
    expect(events.at(-1)).toMatchObject({ kind: "go-ready", g: 1 });
    expect((await toEnd(stepper)).output).toBe("awake\n");
  });
});

describe("a select with several ready cases", () => {
  const choosing = (print: (line: string) => void) =>
    function* main() {
      const [a, b, full] = [chan<number>(1, { name: "a" }), chan<number>(1), chan<number>()];
      a.trySend(1);
      b.trySend(2);
      const [ctx] = withCancel(background());
      const s = yield* select({
        a: a.recv(),
        full: full.send(0),
        b: b.recv(),
        late: time.after(10).recv(),
        done: ctx.done().recv(),
      });
      print(s.case);
    };

  it("asks which of them, and takes that one", async () => {
    for (const wanted of ["a", "b"]) {
      const { stepper } = await held(choosing);
      await stepper.step();
      const asked = await stepper.step();
      expect(asked).toMatchObject({ kind: "case", step: 1 });
      expect(labels(asked).map((label) => label.replace(/\d+/, "N"))).toEqual([
        "a: chan receive a",
        "b: chan receive chan/N",
      ]);
      const choice = asked.choices.find(({ label }) => label.startsWith(wanted))?.choice;
      expect(await stepper.step(choice)).toMatchObject({ step: 2, output: `${wanted}\n` });
    }
  });

  it("takes back the question, too", async () => {
    const { stepper } = await held(choosing);
    await stepper.step();
    await stepper.step();
    expect(await stepper.back()).toMatchObject({ kind: "goroutine", step: 1 });
    stepper.close();
  });

  it("is refused a case that is not ready", async () => {
    const { stepper } = await held(choosing);
    await stepper.step();
    await stepper.step();
    await expect(stepper.step(1)).rejects.toThrow("step: choice: expected one of 0, 2, got 1");
    stepper.close();
  });

  it("asks nothing where the order is listed, or one is ready", async () => {
    const { stepper } = await held(
      (print) =>
        function* () {
          const [a, b] = [chan<number>(1), chan<number>(1)];
          a.trySend(1);
          b.trySend(2);
          print((yield* select({ b: b.recv(), a: a.recv() }, { order: "listed" })).case);
          print((yield* select({ b: b.recv(), a: a.recv() })).case);
        },
    );
    for (let n = 0; n < 3; n++) expect((await stepper.step()).kind).not.toBe("case");
    expect(stepper.state.output).toBe("b\na\n");
  });

  it("says of a case that only an attempt can tell", async () => {
    const { stepper } = await held(
      () =>
        function* () {
          const [sem, a] = [new Semaphore(1), chan<number>(1, { name: "a" })];
          a.trySend(1);
          yield* select({ sem: sem.acquire(), a: a.recv() });
        },
    );
    await stepper.step();
    expect(labels(await stepper.step())).toEqual(["sem: semacquire (if it is ready)", "a: chan receive a"]);
    stepper.close();
  });
});

describe("back", () => {
  it("leaves out the last step; numbers and output are as they were, and the same happens again", async () => {
    const { stepper, events, loads } = await held(pair);
    const states: StepState[] = [stepper.state];
    const heard: RuntimeEvent[][] = [[...events]];
    await stepper.step();
    states.push(stepper.state);
    heard.push([...events]);
    while (stepper.state.ended === null) {
      const { choices } = stepper.state;
      states.push(await stepper.step(choices.at(-1)?.choice)); // never who would come in production
      heard.push([...events]);
    }
    const last = states.at(-1) as StepState;
    for (let n = states.length - 2; n >= 0; n--) {
      const { schedule, choices, ...rest } = await stepper.back();
      expect(rest).toEqual(
        Object.fromEntries(Object.keys(rest).map((key) => [key, states[n]?.[key as keyof StepState]])),
      );
      // First in the list is now what would happen again.
      expect(sorted(choices)).toEqual(sorted(states[n]?.choices ?? []));
      expect(schedule).toBe(states[n]?.schedule);
      expect(events).toEqual(heard[n]);
    }
    expect(await toEnd(stepper)).toEqual(last);
    expect(loads()).toBe(states.length);
  });

  it("goes several steps, and no further than the beginning", async () => {
    const { stepper } = await held(pair);
    const { step } = await toEnd(stepper);
    expect((await stepper.back(2)).step).toBe(step - 2);
    expect((await stepper.back(99)).step).toBe(0);
    await expect(async () => stepper.back(0)).rejects.toThrow("back: steps: expected a whole number from 1 up, got 0");
    stepper.close();
  });

  it("forgets what came after once somebody chooses otherwise", async () => {
    const { stepper } = await held(pair);
    expect((await toEnd(stepper)).output).toBe("sent a\ngot a\ngot b\n");
    await stepper.back(99);
    await stepper.step();
    for (let n = 0; n < 2; n++) await stepper.step(choiceOf(stepper.state, 3).choice);
    expect((await toEnd(stepper)).output).toBe("got b\ngot a\n");
  });

  it("says so when the program does not do the same again", async () => {
    let runs = 0;
    const { stepper } = await held(
      (print) =>
        function* () {
          const ch = chan<number>(1);
          const odd = runs++ % 2 === 1;
          if (odd) go(function* () {});
          else for (let n = 0; n < 3; n++) go(function* () {});
          yield* ch.send(1);
          print("sent");
        },
    );
    await stepper.step();
    await stepper.step(3);
    await stepper.step(0);
    const state = await stepper.back();
    expect(state.output).toContain(
      "millrace: step 2 did not go as before (choice 1 has 2 options now, and number 4 was taken before)",
    );
    stepper.close();
  });
});

describe("resume", () => {
  it("runs to the end, while the host has its turns", async () => {
    const { stepper } = await held(
      (print) =>
        function* () {
          for (let n = 0; n < 20_000; n++) yield* time.sleep(1);
          print("slept");
        },
    );
    expect(await stepper.resume()).toMatchObject({ paused: false, kind: "none", ended: null });
    await until(() => stepper.state.ended !== null);
    expect(stepper.state).toMatchObject({ paused: true, ended: "", output: "slept\n" });
  });

  it("is held by pause", async () => {
    const { stepper } = await held(
      () =>
        function* () {
          for (;;) yield* time.sleep(1);
        },
    );
    await stepper.resume();
    await until(() => stepper.state.step > 10);
    const { step } = await stepper.pause();
    await new Promise<void>((done) => macrotask(done));
    expect(stepper.state).toMatchObject({ paused: true, step });
    expect((await stepper.step()).step).toBe(step + 1);
    stepper.close();
  });

  it("stops at a breakpoint, of each kind", async () => {
    for (const [asked, step] of [
      [{ kind: "chan-send" }, { kind: "chan-send", g: 2 }],
      [
        { channel: "ch", goroutine: "3" },
        { kind: "go-park", g: 3 },
      ],
      [{ goroutine: "3" }, { kind: "go-create", g: 3 }],
      [
        { kind: "go-end", goroutine: "sender" },
        { kind: "go-end", g: 2 },
      ],
      [
        { channel: "ch", kind: "chan-recv" },
        { kind: "chan-recv", g: 1 },
      ],
    ] as const) {
      const { stepper, events } = await held(
        (print) =>
          function* () {
            yield* pair(print)();
            yield* time.sleep(1);
          },
      );
      const { breakpoints } = await stepper.break(asked);
      expect(breakpoints).toEqual([{ id: 1, ...asked }]);
      await stepper.resume();
      await until(() => stepper.state.paused);
      expect(stepper.state.stoppedAt, JSON.stringify(asked)).toBe(1);
      expect(events).toContainEqual(expect.objectContaining(step));
      expect(stepper.state.ended).toBeNull();
      expect((await stepper.unbreak(1)).breakpoints).toEqual([]);
      await stepper.resume();
      await until(() => stepper.state.ended !== null);
    }
  });

  it("knows goroutines and channels by their ids", async () => {
    const { stepper, events } = await held(pair);
    await stepper.step();
    const made = events.find((event) => event.kind === "chan-make") as RuntimeEvent & { chan: number };
    await stepper.break({ goroutine: `${made.run}/3`, channel: `chan/${made.chan}` });
    await stepper.resume();
    await until(() => stepper.state.paused);
    expect(events.filter(({ kind }) => kind === "go-park").at(-1)).toMatchObject({ g: 3 });
    stepper.close();
  });

  it("refuses a breakpoint that fits everything, and one there is not", async () => {
    const { stepper } = await held(pair);
    await expect(stepper.break({ kind: "" })).rejects.toThrow("break: expected a kind, a channel or a goroutine");
    await expect(stepper.break({ channel: 7 as never })).rejects.toThrow("break: channel: expected a string, got 7");
    await expect(stepper.unbreak(3)).rejects.toThrow("unbreak: there is no breakpoint 3");
    stepper.close();
  });

  it("refuses a schedule whose choices no run gets to, before it begins anew", async () => {
    const { stepper, loads } = await held(pair);
    const settings = { anytime: false, leaks: false, asyncTimerChan: false, maxSteps: 100 };
    const far = encode({ settings, choices: new Map([[2 ** 31, 1]]) });
    await expect((async () => stepper.restart(far))()).rejects.toThrow(
      "restart: a run has at most 2000000 choices, got number 2147483648",
    );
    expect([loads(), stepper.state.step]).toEqual([1, 0]);
    stepper.close();
  });
});
