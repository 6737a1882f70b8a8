/** `millrace run --inspect`: a program is watched from outside of it, and stays as long as somebody looks. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Questions, Source } from "../../src/inspector/protocol.ts";
import { remote } from "../../src/inspector/remote.ts";
import { cli, node, program, root } from "../kit/child.ts";

const FILE = program("inspect.ts");
const PAGE = { offset: 0, limit: 100 };

/** A program under inspection. */
class Inspected {
  readonly child: ChildProcessWithoutNullStreams;
  stdout = "";
  stderr = "";
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #look: AbortController | null = null;
  source!: Source;

  constructor(argv: readonly string[]) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.child = spawn(process.execPath, [cli, "run", ...argv], { cwd: root, env });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => this.child.on("close", (code, signal) => resolve({ code, signal })));
  }

  /** Waits until it has said where the inspector is. */
  async url(): Promise<string> {
    await expect.poll(() => this.stderr).toMatch(/is at http:\S+\n/);
    const [, url = ""] = /is at (http:\S+)/.exec(this.stderr) ?? [];
    this.source = remote(url);
    return url;
  }

  /** Looks on, as an open page does. */
  async open(): Promise<void> {
    this.#look = new AbortController();
    await fetch(`${await this.url()}alive`, { signal: this.#look.signal });
  }

  close(): void {
    this.#look?.abort();
  }

  ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    return this.source.ask(question, about);
  }

  async ready(): Promise<void> {
    await expect.poll(() => this.stdout).toContain("ready");
  }
}

let inspected: Inspected | undefined;
afterEach(() => {
  inspected?.close();
  inspected?.child.kill("SIGKILL");
});

const start = (...argv: string[]): Inspected => {
  inspected = new Inspected(argv);
  return inspected;
};

test("the program is held until a page is open, watched from its first line, and its end is the usual one", async () => {
  const it = start("--inspect-wait", FILE);
  const url = await it.url();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  expect(it.stderr).toContain("the program begins when that is open");
  expect(it.stdout).toBe("");
  expect((await it.ask("status", {})).events).toBe(0);
  await it.open();
  await it.ready();

  await expect.poll(async () => (await it.ask("status", {})).counts.waiting).toBe(3);
  const { rows } = await it.ask("goroutines", { ...PAGE, filter: "worker", sort: "id" });
  expect(rows).toMatchObject([
    {
      name: "worker",
      state: "waiting",
      reason: "chan receive",
      origin: expect.stringMatching(/programs\/inspect\.ts:12$/),
    },
    { name: "worker", state: "waiting", reason: "sync.Mutex.Lock" },
  ]);
  const [holder] = rows;
  const detail = await it.ask("goroutine", { id: holder?.id as string });
  expect(detail?.stack).toEqual([expect.stringMatching(/^worker \(.*programs\/inspect\.ts:14:\d+\)$/)]);
  expect(detail?.holds).toHaveLength(1);
  const [jobs] = (await it.ask("channels", { ...PAGE, filter: "jobs" })).rows;
  expect(await it.ask("channel", { id: jobs?.id as string })).toMatchObject({
    length: 1,
    sendx: 1,
    slots: ['"tea"', null],
    origin: expect.stringMatching(/programs\/inspect\.ts:9$/),
  });

  it.child.stdin.end();
  await expect.poll(() => it.stderr).toContain("the inspector stays until its page is closed");
  expect(await it.ask("status", {})).toMatchObject({ ended: "" });
  it.close();
  expect(await it.ended).toEqual({ code: 0, signal: null });
});

describe("what has failed can still be looked at", () => {
  test("a deadlock: who waited, where, and with what", async () => {
    const it = start("--inspect-wait", FILE, "deadlock");
    await it.open();
    await it.ready();
    it.child.stdin.end();
    await expect.poll(() => it.stderr).toContain("the inspector stays");
    expect(await it.ask("status", {})).toMatchObject({ ended: expect.stringContaining("all goroutines are asleep") });
    const [main] = (await it.ask("goroutines", { ...PAGE, filter: "chan send" })).rows;
    expect(main).toMatchObject({ name: "main", state: "waiting" });
    expect(await it.ask("goroutine", { id: main?.id as string })).toMatchObject({
      stack: [expect.stringMatching(/^main \(.*inspect\.ts:\d+:\d+\)$/)],
    });
    expect((await it.ask("findings", {})).filter(({ rule }) => rule === "deadlock")).toMatchObject([
      {
        severity: "error",
        text: "all goroutines are asleep: goroutine 1 (main) waits for chan send, and 2 others wait",
      },
    ]);
    const channel = await it.ask("channel", { id: main?.on[0] as string });
    expect(channel?.sendq).toEqual([{ g: main?.id, name: "main", value: "undefined", select: false }]);
    it.close();
    expect(await it.ended).toEqual({ code: 2, signal: null });
  });

  test("a panic", async () => {
    const it = start("--inspect-wait", FILE, "panic");
    await it.open();
    await it.ready();
    it.child.stdin.end();
    await expect.poll(() => it.stderr).toContain("the inspector stays");
    expect(await it.ask("status", {})).toMatchObject({ ended: expect.stringContaining("something broke") });
    const { rows } = await it.ask("goroutines", { ...PAGE, states: ["panicked"] });
    expect(rows).toMatchObject([{ name: "main" }]);
    it.child.kill("SIGINT");
    expect(await it.ended).toEqual({ code: null, signal: "SIGINT" });
  });
});

test("a program in a loop is answered for by what it was", async () => {
  const it = start("--inspect", FILE, "spin");
  await it.url();
  await it.ready();
  await expect.poll(async () => (await it.ask("status", {})).counts.waiting).toBe(3);
  const [worker] = (await it.ask("goroutines", { ...PAGE, filter: "worker" })).rows;
  const stack = async () => (await it.ask("goroutine", { id: worker?.id as string }))?.stack;
  await expect.poll(stack).toHaveLength(1);
  const before = await stack();
  it.child.stdin.end();
  await expect.poll(async () => (await it.ask("goroutines", { ...PAGE, states: ["running"] })).matching).toBe(1);
  expect(await stack()).toEqual(before);
});

test("goroutines of other threads are there as well", async () => {
  const it = start("--inspect", "--threads", "2", program("elsewhere.ts"), "stay");
  await it.url();
  await it.ready();
  const far = async () => (await it.ask("goroutines", { ...PAGE, filter: "far" })).rows;
  await expect.poll(far).toMatchObject([{ name: "far", state: "waiting", reason: "chan receive" }]);
  const [row] = await far();
  expect(row?.thread).toBeGreaterThan(0);
  expect((await it.ask("status", {})).threads.map(({ thread }) => thread)).toEqual([0, row?.thread]);
  const { tracks, labels } = await it.ask("timeline", { ...PAGE, filter: "far", from: 0, to: 1e6, width: 20_000 });
  expect(tracks).toHaveLength(1);
  expect(labels).toContain("runnable");
  it.child.stdin.end();
  expect(await it.ended).toMatchObject({ code: 0 });
});

test("with nobody looking on, a program ends as ever", async () => {
  const ended = await node([cli, "run", "--inspect", FILE]);
  expect(ended).toMatchObject({ code: 0, stdout: "ready\n" });
  expect(ended.stderr).toMatch(/^millrace run: the inspector is at http:\S+\n$/);
});

test.each([
  ["--inspect=http", /Expected a port, from 0 to 65535/],
  ["--inspect=65536", /Expected a port, from 0 to 65535/],
])("a port is a number: %s", async (flag, message) => {
  const ended = await node([cli, "run", flag, FILE]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(message);
});

test("a port that is taken is said before the program starts, and what follows the file is the program's", async () => {
  const it = start("--inspect", FILE);
  const { port } = new URL(await it.url());
  const ended = await node([cli, "run", `--inspect=${port}`, FILE, "--", "--inspect=1"]);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^millrace run: the inspector can't start: .*EADDRINUSE/);
});

describe("millrace inspect", () => {
  test("opens what --trace has written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-inspect-"));
    const file = join(folder, "trace.json");
    await node([cli, "run", "--trace", file, program("trace.ts"), "end"]);
    const child = spawn(process.execPath, [cli, "inspect", file], { cwd: root });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await expect.poll(() => said).toMatch(/is at http:\S+ until Ctrl-C/);
    const source = remote(/http:\S+/.exec(said)?.[0]);
    expect(await source.ask("status", {})).toMatchObject({ mode: "trace", program: file, ended: "" });
    expect((await source.ask("channels", { ...PAGE, filter: "results" })).rows).toMatchObject([
      { sent: 1, received: 1 },
    ]);
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  test("says what is no trace", async () => {
    const ended = await node([cli, "inspect", program("trace.ts")]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^millrace inspect: .*trace\.ts: a trace is JSON, got /);
    expect((await node([cli, "inspect", "no-such.json"])).stderr).toMatch(/no such file/);
  });
});
