/** What a soak does again and again: each scenario makes its own trouble, and says by throwing when something is not as it should be. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chan, go, Panic, range, run, select } from "millrace";
import { background, withCancel, withTimeout } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { WaitGroup } from "millrace/sync";
import { bubble } from "millrace/testing";
import { Hour, sleep } from "millrace/time";
import { crash, hangs, kill } from "./crash.ts";

export type Scenario = (chance: () => number) => Promise<void>;

/** As seen from where this is built. */
const root = fileURLToPath(new URL("../../..", import.meta.url));

function check(fine: boolean, what: string): void {
  if (!fine) throw new Error(what);
}

/** A process of its own, for what ends processes: how it ended and what it said. */
function child([program = "", ...args]: readonly string[]): Promise<{
  readonly code: number | null;
  readonly said: string;
}> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [process_.stdout, process_.stderr]) stream.on("data", (text) => (said += text));
    process_.on("error", reject);
    process_.on("close", (code) => resolve({ code, said }));
  });
}

/** One of many goroutines panics while the others wait and work. */
async function panics(chance: () => number): Promise<void> {
  const bad = Math.floor(chance() * 100);
  const outcome = await run(function* () {
    const ch = chan<number>(4);
    for (let i = 0; i < 100; i++) {
      go(function* () {
        yield* ch.send(i);
        if (i === bad) throw new Panic("BAD_ARGUMENT" as never, `number ${i}`);
      });
    }
    for (const r = range(ch); yield* r.next(); ) if (r.value === -1) break;
  }).catch((error: unknown) => error);
  check(outcome instanceof Error && outcome.message.includes(`number ${bad}`), `panics: got ${String(outcome)}`);
}

/** Contexts are cancelled at any moment, in trees, by hand and by time. */
async function cancellations(chance: () => number): Promise<void> {
  await run(function* () {
    const [root, cancel] = withCancel(background());
    const wg = new WaitGroup();
    let ended = 0;
    for (let i = 0; i < 200; i++) {
      const [ctx, stop] = chance() < 0.5 ? withCancel(root) : withTimeout(root, chance() * 5);
      wg.go(function* () {
        const ch = chan<number>();
        yield* select({ done: ctx.done().recv(), value: ch.recv() });
        ended++;
        stop();
      });
      if (chance() < 0.3) stop();
    }
    yield* sleep(chance() * 3);
    cancel();
    yield* wg.wait();
    check(ended === 200, `cancellations: ${ended} of 200 ended`);
  });
}

/** Producers are faster than the one who takes; every value arrives, none twice. */
async function slowConsumers(chance: () => number): Promise<void> {
  await bubble(function* () {
    const ch = chan<number>(Math.floor(chance() * 8));
    const wg = new WaitGroup();
    for (let i = 0; i < 10; i++) {
      wg.go(function* () {
        for (let k = 0; k < 50; k++) yield* ch.send(1);
      });
    }
    go(function* () {
      yield* wg.wait();
      ch.close();
    });
    let sum = 0;
    for (const r = range(ch); yield* r.next(); ) {
      sum += r.value;
      if (chance() < 0.2) yield* sleep(100 * chance());
    }
    check(sum === 500, `slow consumers: ${sum} of 500 values came`);
  });
}

/** The clock jumps by hours; whoever slept wakes, in order. */
async function clockJumps(chance: () => number): Promise<void> {
  await bubble(function* () {
    const woken: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 100; i++) {
      const time = Math.floor(chance() * 1000) * Hour;
      wg.go(function* () {
        yield* sleep(time);
        woken.push(time);
      });
    }
    yield* wg.wait();
    check(
      woken.every((time, i) => i === 0 || time >= (woken[i - 1] as number)),
      "clock jumps: woken out of order",
    );
  });
}

/** Jobs of a pool fail; the pool goes on. */
async function failingJobs(chance: () => number): Promise<void> {
  await run(function* () {
    const pool = new WorkerPool(
      (n: number) => {
        if (n < 0.3) throw new Error("a job failed");
        return n;
      },
      { workers: 4 },
    );
    for (let i = 0; i < 50; i++) {
      const n = chance();
      let failed = false;
      try {
        yield* pool.run(n);
      } catch {
        failed = true;
      }
      check(failed === n < 0.3, `failing jobs: ${n} ${failed ? "failed" : "did not fail"}`);
    }
  });
}

const ENDS = ["exit", "throw", "reject"];

let crashes = 0;
/** A thread of this process is ended by its own code while others take what it sends: their run fails, the next one works. */
async function threadCrashes(chance: () => number): Promise<void> {
  const how = ENDS[crashes++ % ENDS.length] as string;
  const { said, sum } = await crash(how, Math.floor(chance() * 200));
  const expected = { exit: "process.exit(3)", throw: "in a goroutine", reject: "nobody" }[how] as string;
  check(said.includes(expected), `thread crashes (${how}): ${said}`);
  check(sum === 19_900, `thread crashes (${how}): the next run's sum is ${sum}`);
}

/** Threads are killed at any moment: each job ends, as it should or as lost. */
async function threadsKilled(chance: () => number): Promise<void> {
  const { done, lost, wrong } = await kill(chance);
  check(wrong === 0 && done + lost === 900, `threads killed: ${done} done, ${lost} lost, ${wrong} wrong`);
}

/** A job hangs, and a module can't be loaded: each fails alone. */
async function jobsThatHang(): Promise<void> {
  const [hung, next, unloadable, last] = await hangs();
  const right = hung?.includes("deadline exceeded") && next === "1" && last === "2";
  check(
    right === true && /can't import .*gone\.js/.test(unloadable ?? ""),
    `jobs that hang: ${[hung, next, unloadable, last]}`,
  );
}

/** The same in a process whose threads have little memory: one of the ends is that there is none left. */
async function threadsWithLittleMemory(chance: () => number): Promise<void> {
  const how = chance() < 0.5 ? "memory" : (ENDS[Math.floor(chance() * ENDS.length)] as string);
  const node = [process.execPath, "--max-old-space-size=48", "--import", "tsx"];
  const { code, said } = await child([...node, "test/threads/programs/die.ts", how]);
  const died = said.match(/^Panic THREAD_DIED thread died \(die\(\) in goroutine 2 on thread 1 /gm)?.length;
  check(died === 2 && said.includes("\nfine\n") && code === 2, `little memory (${how}): exit code ${code}: ${said}`);
  if (how === "memory") check(said.includes("ran out of memory"), `little memory: ${said}`);
}

/** How often each kind of full disk has been, so that all come, whatever the seed. */
let disks = 0;

/** There is no room for a trace, a flight recorder's last stretch, or the output itself: the program ends as it should. */
async function fullDisk(): Promise<void> {
  const run = [process.execPath, "dist/cli/main.js", "run"];
  const fine = "examples/spec/03-channels/07-close.ts";
  const kinds: readonly [args: readonly string[], code: number, says: RegExp][] = [
    // What can't be recorded is said, and the exit code is the program's own.
    [[...run, "--trace", "/dev/full", fine], 0, /can't write the trace: ENOSPC/],
    [
      [...run, "--trace", "/dev/full", "--flight", "1s", "test/process/programs/panic-other.ts"],
      2,
      /out of cheese[\s\S]*can't write the trace: ENOSPC/,
    ],
    // Output that is lost is an error.
    [["sh", "-c", '"$@" > /dev/full', "sh", ...run, fine], 1, /ENOSPC/],
  ];
  const [args, code, says] = kinds[disks++ % kinds.length] as (typeof kinds)[number];
  const ended = await child(args);
  check(ended.code === code && says.test(ended.said), `full disk (${args}): exit code ${ended.code}: ${ended.said}`);
}

/** The scenarios in this process, and those in processes of their own, which come less often. */
export const here: Readonly<Record<string, Scenario>> = {
  panics,
  cancellations,
  "slow consumers": slowConsumers,
  "clock jumps": clockJumps,
  "failing jobs": failingJobs,
};
export const away: Readonly<Record<string, Scenario>> = {
  "thread crashes": threadCrashes,
  "threads killed": threadsKilled,
  "jobs that hang": jobsThatHang,
  "threads with little memory": threadsWithLittleMemory,
  ...(process.platform === "linux" && { "full disk": fullDisk }),
};
