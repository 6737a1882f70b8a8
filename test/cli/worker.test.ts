/** `millrace worker`, with real processes, over a real Redis and in a file: what becomes of calls when processes leave and die. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type Go, run, wait } from "millrace";
import { background, type Context } from "millrace/context";
import { connect, type Fleet, type Parallel, type Transport } from "millrace/remote";
import { redis } from "millrace/remote/redis";
import { sqlite } from "millrace/remote/sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { cli, node, root } from "../kit/child.ts";
import { hasRedis, RedisServer } from "../kit/redis-server.ts";
import { hasSqlite, onSqliteNode } from "../kit/sqlite-node.ts";
// @ts-expect-error: the worker processes run it as it is
import * as functions from "../remote/functions.mjs";
import type { Server } from "../remote/worker.ts";

const waits = functions.waits as Parallel<(ctx: Context, ms: number) => number>;
const FILE = join(root, "test/remote/functions.mjs");
const LEASE = 1500;

describe("what it refuses, with 2 and a message", () => {
  test.for([
    [["--name", "f"], "millrace: missing required argument 'files'"],
    [[FILE], "millrace: required option '--name <fleet>' not specified"],
    [[FILE, "--name", "f"], "millrace worker: say where the fleet is: --redis URL or --sqlite PATH"],
    [[FILE, "--name", "f", "--redis", "here"], "--redis: expected a URL such as redis://127.0.0.1, got here"],
    [
      [FILE, "--name", "f", "--redis", "redis://x", "--sqlite", "y"],
      "option '--redis <url>' cannot be used with option '--sqlite <path>'",
    ],
    [["nope.mjs", "--name", "f", "--sqlite", "y"], "millrace worker: nope.mjs: no such file"],
    [[FILE, "--name", "f", "--concurrency", "0"], "Expected a whole number from 1 up."],
    [[FILE, "--name", "f", "--drain", "-1"], "Expected seconds, from 0 up."],
    [[FILE, "--name", "f", "--health", "x:y"], "Expected a port, from 0 to 65535."],
  ] as const)("%j", async ([args, text]) => {
    const { code, stderr } = await node([cli, "worker", ...args]);
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });

  it("a client that is not installed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-worker-"));
    writeFileSync(join(folder, "w.mjs"), "");
    const args = [cli, "worker", "w.mjs", "--name", "f", "--redis", "redis://127.0.0.1"];
    const { code, stderr } = await node(args, { cwd: folder });
    rmSync(folder, { recursive: true });
    expect(stderr).toContain("millrace worker: --redis needs ioredis: npm install ioredis");
    expect(code).toBe(2);
  });

  it("--help has all options", async () => {
    const { code, stdout } = await node([cli, "worker", "--help"]);
    expect(code).toBe(0);
    for (const option of ["--redis", "--sqlite", "--concurrency", "--groups", "--drain", "--health", "--lease"]) {
      expect(stdout).toContain(option);
    }
  });
});

const children = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of children) await kill(child);
});

/** A process, and the lines it says. */
interface Started {
  readonly child: ChildProcess;
  readonly said: string[];
}

function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  children.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => said.push(...text.split("\n").filter((line) => line)));
  }
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const says = ({ said }: Started, text: string): Promise<void> => expect.poll(() => said.join("\n")).toContain(text);

async function ended({ child }: Started): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

describe("before it serves, a signal ends it, and nothing is held up", () => {
  const nowhere = ["--redis", "redis://127.0.0.1:1", "--name", "f"];

  test.for([
    ["SIGTERM", "while it imports its files", "loading"],
    ["SIGINT", "while it imports its files", "loading"],
    ["SIGTERM", "while it connects", "loaded"],
  ] as const)("%s %s", async ([signal, , module]) => {
    const started = start([cli, "worker", FILE, join(root, `test/remote/${module}.mjs`), ...nowhere]);
    await says(started, module);
    started.child.kill(signal);
    expect(await ended(started)).toBe(0);
    expect(started.said.at(-1)).toBe(`millrace worker: ${signal} before it has begun`);
  });
});

/** What workers do, wherever their fleet is. */
function fleetTests(setup: () => { readonly server: Server; readonly transport: Transport }): void {
  let server: Server;
  let transport: Transport;
  beforeEach(() => {
    ({ server, transport } = setup());
  });
  const where = (): string[] =>
    "redis" in server ? ["--redis", `redis://127.0.0.1:${server.redis}`] : ["--sqlite", server.sqlite];

  async function worker(...args: string[]): Promise<Started> {
    const fleet = ["--name", "f", "--lease", `${LEASE}ms`, "--threads", "1"];
    const started = start([cli, "worker", FILE, ...where(), ...fleet, ...args]);
    await says(started, "serves fleet");
    return started;
  }

  /** Runs a program of a caller in this process. */
  const call = <R>(program: (fleet: Fleet) => Go<R>): Promise<R> =>
    run(function* () {
      const fleet = yield* connect(transport, { name: "f", lease: LEASE });
      const result = yield* program(fleet);
      yield* fleet.drain();
      return result as never;
    });

  it("serves calls and handlers, says how it is, and finishes what has begun after SIGTERM", async () => {
    const started = await worker("--health", "0");
    const url = /health at (\S+)/.exec(started.said.join("\n"))?.[1] ?? "";
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const pid = call(function* (fleet) {
      yield* fleet.queue<string>("mails").sendMany(["ann", "bob"]);
      return yield* fleet.go(waits, background(), 2000).join();
    });
    await says(started, "begun");
    await says(started, "mail to bob");
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain("millrace_capacity 10\n");
    expect(metrics).toContain("millrace_in_use 1\n");
    expect(metrics).toContain('millrace_leased{function="functions: waits",group=""} 1\n');
    expect(metrics).toContain('millrace_ready{queue="mails"} 0\n');
    started.child.kill("SIGTERM");
    await says(started, "takes nothing more");
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect(await pid).toBe(started.child.pid);
    expect(await ended(started)).toBe(0);
    expect(started.said.at(-1)).toBe("millrace worker: drained");
  });

  it("with nothing to serve ends with 1, and never says that it serves", async () => {
    const started = start([cli, "worker", join(root, "test/remote/loaded.mjs"), ...where(), "--name", "f"]);
    expect(await ended(started)).toBe(1);
    expect(started.said.join("\n")).toContain(
      "there is nothing to serve: no parallel function and no handler is loaded",
    );
    expect(started.said.join("\n")).not.toContain("serves fleet");
  });

  it("gives back what takes longer than --drain, which is no attempt, and says what that was", async () => {
    const first = await worker("--drain", "0.2");
    let second: Started | null = null;
    const pid = call(function* (fleet) {
      const goroutine = fleet.go(waits, background(), 600_000);
      yield* wait(says(first, "begun"));
      second = yield* wait(worker());
      first.child.kill("SIGTERM");
      yield* wait(says(second, "begun"));
      goroutine.cancel();
      return yield* goroutine.join();
    });
    expect(await pid).toBe((second as Started | null)?.child.pid);
    expect(await ended(first)).toBe(1);
    expect(first.said.join("\n")).toContain('given up: call "functions: waits"');
    expect(first.said.join("\n")).toContain("ended: drain: after 200 ms");
  });

  it("ends at once after a second signal", async () => {
    const started = await worker();
    const lost = call((fleet) => fleet.go(waits, background(), 60_000).join() as never as Go<number>);
    lost.catch(() => {});
    await says(started, "begun");
    started.child.kill("SIGTERM");
    await says(started, "takes nothing more");
    started.child.kill("SIGTERM");
    expect(await ended(started)).toBe(1);
    await expect(lost).rejects.toMatchObject({ code: "LOST" });
  });

  it("when it is killed, its calls are LOST, or begun again by another", async () => {
    const first = await worker();
    const { error, lost, pid, again, second } = await call(function* (fleet) {
      const once = fleet.go(waits, background(), 600_000);
      const twice = fleet.with({ attempts: 2 }).go(waits, background(), 600_000);
      yield* wait(expect.poll(() => first.said.filter((line) => line === "begun").length).toBe(2));
      const second = yield* wait(worker());
      const killed = performance.now();
      first.child.kill("SIGKILL");
      yield* wait(says(second, "begun"));
      const again = performance.now() - killed;
      let error: unknown;
      try {
        yield* once.join();
      } catch (thrown) {
        error = thrown;
      }
      const lost = performance.now() - killed;
      twice.cancel();
      return { error, lost, pid: yield* twice.join(), again, second };
    });
    expect(error).toMatchObject({ code: "LOST", sent: "maybe" });
    expect(pid).toBe(second.child.pid);
    console.log(`begun again after ${Math.round(again)} ms, lost after ${Math.round(lost)} ms; a lease is ${LEASE} ms`);
  });

  it("when a caller is killed, its goroutine is cancelled within a lease and a half", async () => {
    const started = await worker();
    const caller = start([join(root, "test/remote/caller.mjs"), JSON.stringify({ server, lease: LEASE })]);
    await says(started, "begun");
    const before = performance.now();
    await kill(caller.child);
    await says(started, "ended: the process that started this goroutine is gone");
    console.log(`cancelled after ${Math.round(performance.now() - before)} ms; a lease is ${LEASE} ms`);
  });
}

describe.runIf(hasRedis)("over Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.ask("FLUSHALL"));
  afterAll(() => server.end());

  fleetTests(() => ({
    server: { redis: server.port },
    transport: redis(() => new Redis({ port: server.port, maxRetriesPerRequest: null })),
  }));
});

describe("over a file", () => {
  if (!hasSqlite) return onSqliteNode("test/cli/worker.test.ts", "over a file");
  let folder = "";
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-worker-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  fleetTests(() => {
    const file = join(folder, `${files++}.db`);
    return { server: { sqlite: file }, transport: sqlite(file) };
  });
});
