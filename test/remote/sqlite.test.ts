/** The file: the whole suite, and what only several processes can show. Where this Node has no SQLite, a newer one runs it. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Go, run } from "millrace";
import { connect, type Transport } from "millrace/remote";
import { sqlite } from "millrace/remote/sqlite";
import { sleep } from "millrace/time";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remoteConformance } from "./conformance.ts";
import { worker } from "./worker.ts";

const has = process.getBuiltinModule("node:sqlite") !== undefined;
const root = fileURLToPath(new URL("../..", import.meta.url));

const suite = (): void => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-sqlite-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  remoteConformance(() => {
    const transport: Transport = sqlite(join(folder, "conformance.db"));
    return { transport: () => transport, run: (program) => run(program) };
  }, it);

  it("what workers held that were killed is done by others, and nothing is lost or out of order", async () => {
    const file = join(folder, "killed.db");
    const messages = 120;
    const spec = { file, fleet: "k", lease: 1000, concurrency: 4, takes: 20 };
    const seen: string[] = [];
    const workers = [worker(spec, seen), worker(spec, seen)];
    await run(function* (): Go {
      const fleet = yield* connect(sqlite(file), { name: "k", lease: 1000 });
      const queue = fleet.queue<number>("q", { attempts: 100 });
      for (let i = 0; i < messages; i++) yield* queue.send(i, { key: `k${i % 5}` });
      yield* fleet.drain();
    });
    try {
      for (let kills = 0; kills < 3; kills++) {
        const before = seen.length;
        await expect.poll(() => seen.length).toBeGreaterThan(before + 10);
        workers.shift()?.kill("SIGKILL");
        workers.push(worker(spec, seen));
      }
      // A worker may be killed between its ack and saying so, so the queue is asked.
      await run(function* (): Go {
        const fleet = yield* connect(sqlite(file), { name: "k", lease: 1000 });
        const queue = fleet.queue<number>("q", { attempts: 100 });
        for (let left = messages; left > 0; ) {
          yield* sleep(50);
          const stats = yield* queue.stats();
          expect(stats.dead).toBe(0);
          left = stats.ready + stats.delayed + stats.parked + stats.leased;
        }
        yield* fleet.drain();
      });
    } finally {
      for (const child of workers) {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
    }
    const begun = seen.filter((line) => line.startsWith("begun")).map((line) => Number(line.slice(6)));
    expect(new Set(begun).size).toBe(messages);
    for (let key = 0; key < 5; key++) {
      const order = begun.filter((i) => i % 5 === key);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it("a worker that was stopped for longer than its lease can't ack, and the one that has the message by then can", async () => {
    const file = join(folder, "stopped.db");
    const spec = { file, fleet: "k", lease: 1000, concurrency: 1, takes: 300 };
    const [first, second]: [string[], string[]] = [[], []];
    const stopped = worker(spec, first);
    const workers = [stopped];
    try {
      await run(function* (): Go {
        const fleet = yield* connect(sqlite(file), { name: "k", lease: 1000 });
        yield* fleet.queue<number>("q", { attempts: 100 }).send(7);
        yield* fleet.drain();
      });
      await expect.poll(() => first).toContain("begun 7");
      stopped.kill("SIGSTOP");
      workers.push(worker(spec, second));
      await expect.poll(() => second).toContain("acked 7");
      stopped.kill("SIGCONT");
      await expect.poll(() => first).toContain("lost 7");
      expect(first).not.toContain("acked 7");
    } finally {
      for (const child of workers) {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
    }
  });

  it("what is no database is refused with the file's name", async () => {
    const connecting = run(() => connect(sqlite(folder), { name: "f" }));
    await expect(connecting).rejects.toMatchObject({ code: "CONNECT", message: expect.stringContaining(folder) });
    expect(() => sqlite("")).toThrow(/expected the path of a file/);
    expect(() => sqlite(":memory:")).toThrow(/use memory\(\)/);
  });
};

const without = (): void => {
  it("says that this Node has none", async () => {
    const connecting = run(() => connect(sqlite("x.db"), { name: "f" }));
    await expect(connecting).rejects.toMatchObject({ code: "CONNECT", message: expect.stringMatching(/Node 22.13/) });
  });

  const newer = ["node26", "node24", "node22"].find((name) => spawnSync(name, ["-e", ""]).status === 0);
  if (newer === undefined) console.warn("No Node with SQLite found, so its tests are left out.");
  if (newer === undefined) return;
  it("passes on a newer Node", { timeout: 300_000 }, () => {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--project", "node", "test/remote/sqlite.test.ts"];
    const { status, stdout, stderr } = spawnSync(newer, args, { cwd: root, encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).not.toMatch(/skipped \(\d\d/);
  });
};

describe("sqlite", has ? suite : without);
