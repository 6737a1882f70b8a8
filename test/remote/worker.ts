/** Worker processes, which tests kill and stop, whatever server they work on. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Go, run } from "millrace";
import { connect, type Queue, type Transport } from "millrace/remote";
import { sleep } from "millrace/time";
import { expect } from "vitest";

/** Where a worker's queue is: the file, or the port of the server. */
export type Server = { readonly sqlite: string } | { readonly redis: number };

/** What a worker is to work on. */
interface WorkerSpec {
  readonly server: Server;
  readonly fleet: string;
  readonly lease: number;
  readonly concurrency: number;
  /** How many milliseconds a message takes. */
  readonly takes: number;
}

const program = fileURLToPath(new URL("./worker.mjs", import.meta.url));

/** Starts one; it says `begun N` and then `acked N`, or `lost N` where the ack came too late, for the messages it has. */
function worker(spec: WorkerSpec, seen: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(spec)], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on(
    "line",
    (line) => void seen.push(line),
  );
  return child;
}

async function end(workers: readonly ChildProcess[]): Promise<void> {
  for (const child of workers) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

type Test = (name: string, body: () => Promise<void>) => void;

/** @param setup gives where the queue of a test of that name is, and how this process gets there */
export function workerTests(
  setup: (name: string) => { readonly server: Server; readonly transport: Transport },
  it: Test,
): void {
  const on = (transport: Transport, fleet: string, program: (queue: Queue<number>) => Go): Promise<void> =>
    run(function* (): Go {
      const joined = yield* connect(transport, { name: fleet, lease: 1000 });
      yield* program(joined.queue<number>("q", { attempts: 100 }));
      yield* joined.drain();
    });

  it("what workers held that were killed is done by others, and nothing is lost or out of order", async () => {
    const { server, transport } = setup("killed");
    const messages = 120;
    const spec = { server, fleet: "killed", lease: 1000, concurrency: 4, takes: 20 };
    const seen: string[] = [];
    const workers = [worker(spec, seen), worker(spec, seen)];
    try {
      await on(transport, "killed", function* (queue) {
        for (let i = 0; i < messages; i++) yield* queue.send(i, { key: `k${i % 5}` });
      });
      for (let kills = 0; kills < 3; kills++) {
        const before = seen.length;
        await expect.poll(() => seen.length).toBeGreaterThan(before + 10);
        workers.shift()?.kill("SIGKILL");
        workers.push(worker(spec, seen));
      }
      // A worker may be killed between its ack and saying so, so the queue is asked.
      await on(transport, "killed", function* (queue) {
        for (let left = messages; left > 0; ) {
          yield* sleep(50);
          const stats = yield* queue.stats();
          expect(stats.dead).toBe(0);
          left = stats.ready + stats.delayed + stats.parked + stats.leased;
        }
      });
    } finally {
      await end(workers);
    }
    const begun = seen.filter((line) => line.startsWith("begun")).map((line) => Number(line.slice(6)));
    expect(new Set(begun).size).toBe(messages);
    for (let key = 0; key < 5; key++) {
      const order = begun.filter((i) => i % 5 === key);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it("a worker that was stopped for longer than its lease can't ack, and the one that has the message by then can", async () => {
    const { server, transport } = setup("stopped");
    const spec = { server, fleet: "stopped", lease: 1000, concurrency: 1, takes: 300 };
    const [first, second]: [string[], string[]] = [[], []];
    const stopped = worker(spec, first);
    const workers = [stopped];
    try {
      await on(transport, "stopped", function* (queue) {
        yield* queue.send(7);
      });
      await expect.poll(() => first).toContain("begun 7");
      stopped.kill("SIGSTOP");
      workers.push(worker(spec, second));
      await expect.poll(() => second).toContain("acked 7");
      stopped.kill("SIGCONT");
      await expect.poll(() => first).toContain("lost 7");
      expect(first).not.toContain("acked 7");
    } finally {
      await end(workers);
    }
  });
}
