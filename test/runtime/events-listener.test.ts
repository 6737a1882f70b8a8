/** Who listens to events, and what may be done with them. */
import { chan, type Go, go, listen, type RuntimeEvent, run, select } from "millrace";
import { sleep } from "millrace/time";
import { describe, expect, test, vi } from "vitest";
import { tap } from "../../src/runtime/events.ts";
import { events, inside, recorded } from "./told.ts";

test("a channel of one run used in another: each event is in the run of the goroutine it names", async () => {
  const shared = chan<number>(); // made outside of any run: in the default one
  const recording = recorded();
  function* receiver(): Go {
    yield* shared.recv();
  }
  function* sender(): Go {
    yield* shared.send(1);
  }
  await Promise.all([run(receiver, { name: "receiving", seed: 1 }), run(sender, { name: "sending", seed: 1 })]);
  expect(recording.lines()).toEqual([
    "run-start r1 receiving",
    "go-create r1.g1 receiver by g0",
    "run-start r2 sending",
    "go-create r2.g1 sender by g0",
    "go-start r1.g1",
    "go-park r1.g1 chan receive c1",
    "go-start r2.g1",
    "chan-send r2.g1 c1 1 length 0 direct",
    "go-ready r1.g1 by r2.g1",
    "go-end r2.g1",
    "run-end r2 sending",
    "go-resume r1.g1",
    "go-end r1.g1",
    "run-end r1 receiving",
  ]);
});

test("events hold nothing alive and can be kept: they are plain objects of numbers, names and values", async () => {
  await inside(function* () {
    const ch = chan<number>(1);
    yield* ch.send(1);
    yield* select({ got: ch.recv() });
    yield* sleep(0.1);
  });
  expect(events()).not.toEqual([]);
  expect(structuredClone(events())).toEqual(events());
});

describe("the listener", () => {
  test("is one of several, and each gets every event until it leaves", async () => {
    const heard: string[] = [];
    const hear = (who: string) => listen((event) => void (event.kind === "chan-send" && heard.push(who)));
    const stops = [hear("first"), hear("second"), hear("third")];
    const sendOne = () =>
      run(function* () {
        yield* chan<number>(1).send(1);
      });
    await sendOne();
    stops[1]?.();
    stops[1]?.();
    await sendOne();
    stops[0]?.();
    stops[2]?.();
    await sendOne();
    expect(heard).toEqual(["first", "second", "third", "first", "third"]);
    expect(tap.listener).toBeNull();
  });

  test("is told what ended the run", async () => {
    const recording = recorded();
    const bad = new Error("bad");
    await run(function* () {}).catch(() => {});
    await run(function* () {
      throw bad;
    }).catch(() => {});
    const ends = recording.events.filter((event) => event.kind === "run-end").map(({ error }) => error);
    expect(ends).toEqual([undefined, bad]);
  });

  test("one that throws is cut off alone", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const stopBad = listen(() => {
      throw new Error("bad listener");
    });
    const recording = recorded();
    await run(function* () {});
    stopBad();
    expect(said).toHaveBeenCalledTimes(1);
    expect(recording.events.map((event) => event.kind)).toEqual([
      "run-start",
      "go-create",
      "go-start",
      "go-end",
      "run-end",
    ]);
    said.mockRestore();
  });

  test("one that throws is cut off, and the program runs on", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    let heard = 0;
    const stop = listen(() => {
      heard++;
      throw new Error("bad listener");
    });
    const sum = await run(function* () {
      const ch = chan<number>(1);
      yield* ch.send(1);
      return yield* ch.recv();
    });
    stop();
    expect({ sum, heard }).toEqual({ sum: 1, heard: 1 });
    expect(said).toHaveBeenCalledOnce();
    expect(String(said.mock.lastCall?.[0])).toMatch(
      /^millrace: the event listener threw and was removed: Error: bad listener\n/,
    );
    said.mockRestore();
  });

  test("may come and go at any time", async () => {
    const events: RuntimeEvent[] = [];
    await run(async () => {
      const ch = chan<number>();
      const received = ch.recv().then(() => {}); // parks unheard
      const stop = listen((event) => void events.push(event));
      await ch.send(1);
      await received;
      stop();
      ch.close();
    });
    expect(events.map((event) => event.kind)).toEqual(["chan-send", "go-ready"]);
    expect(events[1]).toMatchObject({ g: 0, wait: 0 });
  });

  test("sees the same run that nobody listens to: it changes nothing", async () => {
    const program = (log: string[]) =>
      function* (): Go {
        const [a, b] = [chan<number>(), chan<number>(2)];
        for (const ch of [a, b]) {
          go(function* () {
            for (let i = 0; i < 20; i++) yield* ch.send(i);
          });
        }
        for (let i = 0; i < 40; i++) {
          const s = yield* select({ a: a.recv(), b: b.recv() });
          log.push(`${s.case}${s.value}`);
        }
      };
    const logs: string[][] = [[], []];
    await run(program(logs[0] as string[]), { seed: 7 });
    const recording = recorded();
    await run(program(logs[1] as string[]), { seed: 7 });
    expect(logs[1]).toEqual(logs[0]);
    expect(recording.events.length).toBeGreaterThan(100);
  });
});
