/** `millrace/inspector`: a program that starts its own inspector, at once, with a signal, or when it is asked for. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Questions } from "../../src/inspector/protocol.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const WAITING = `
import { chan, go, main } from "millrace";
main(function* () {
  const jobs = chan(0, { name: "jobs" });
  for (let i = 0; i < 3; i++) go(function* worker() { yield* jobs.recv(); });
  process.stdin.on("end", () => { for (let i = 0; i < 3; i++) jobs.trySend(i); }).resume();
  console.log("ready");
  yield* chan().recv();
});
`;
const FILES: Readonly<Record<string, string>> = {
  "waiting.mjs": WAITING,
  "imports.mjs": `import "millrace/inspector"; console.log("ready"); process.stdin.resume();`,
  "requires.cjs": `require("millrace/inspector"); console.log("ready"); process.stdin.resume();`,
  "asks.mjs": `
    import { inspect } from "millrace/inspector";
    const listeners = () => process.listenerCount("exit") + process.listenerCount("beforeExit");
    const before = listeners();
    const [one, two] = await Promise.all([inspect(), inspect({ port: 1 })]);
    console.log(one.url === two.url);
    one.close();
    const three = await inspect({ token: "a-token-of-our-own" });
    console.log(three.url !== one.url, three.url.endsWith("/a-token-of-our-own/"));
    three.close();
    for (const bad of [{ port: -1 }, { port: 1.5 }, { host: "" }, { token: "short" }]) {
      try { inspect(bad); } catch (error) { console.log(error.message); }
    }
    console.log(listeners() === before);`,
};

let folder = "";
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "attach-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterEach(() => child?.kill("SIGKILL"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  /** What it has written to both streams. */
  output: string;
  /** Waits until that fits, and gives what fitted. */
  said(what: RegExp): Promise<string>;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const started = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } });
  child = started;
  const self: Started = {
    child: started,
    output: "",
    async said(what) {
      await expect.poll(() => self.output).toMatch(what);
      return what.exec(self.output)?.[0] ?? "";
    },
  };
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      self.output += text;
    });
  }
  return self;
}

async function ask<Q extends keyof Questions>(
  url: string,
  question: Q,
  about: Questions[Q]["ask"],
): Promise<Questions[Q]["answer"]> {
  const body = JSON.stringify({ question, about });
  const response = await fetch(`${url}ask`, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect(response.status).toBe(200);
  return (await response.json()) as Questions[Q]["answer"];
}

const ADDRESS = /http:\/\/\S+\//;
const workers = {
  rows: Array.from({ length: 3 }, () => ({ name: "worker", state: "waiting", reason: "chan receive" })),
};
const askWorkers = { filter: "worker", offset: 0, limit: 9 };

test.each([
  ["--import", ["--import", "millrace/inspector", "waiting.mjs"]],
  ["an import", ["imports.mjs"]],
  ["a require", ["requires.cjs"]],
])("%s starts it", async (_, args) => {
  const program = start(args);
  const url = await program.said(ADDRESS);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  await program.said(/ready/);
  expect(await (await fetch(url)).text()).toContain("<title>Millrace inspector</title>");
  if (args.includes("waiting.mjs")) await expect.poll(() => ask(url, "goroutines", askWorkers)).toMatchObject(workers);
  else expect(await ask(url, "status", {})).toMatchObject({ mode: "live", ended: null });
});

test("a signal starts it late, and goroutines and channels from before are known", async () => {
  const program = start(["--import", "millrace/inspector", "waiting.mjs"], { MILLRACE_INSPECT: "late" });
  await program.said(/ready/);
  expect(program.output).toBe("ready\n");
  program.child.kill("SIGUSR2");
  const url = await program.said(ADDRESS);
  await expect.poll(() => ask(url, "goroutines", askWorkers)).toMatchObject(workers);
  const { rows } = await ask(url, "channels", { offset: 0, limit: 9, sort: "waiting" });
  expect(rows[0]).toMatchObject({ receivers: 3 });
  program.child.kill("SIGUSR2");
  await program.said(/inspector is at.*inspector is at/s);
  expect(program.output.match(new RegExp(url, "g"))).toHaveLength(2);
});

test("in a container: another address, any port in front, no name, and a token that is not printed", async () => {
  const token = "0123456789abcdef-token";
  const program = start(["imports.mjs"], { MILLRACE_INSPECT: "0.0.0.0:0", MILLRACE_INSPECT_TOKEN: token });
  const port = Number(/\d+(?=\/TOKEN)/.exec(await program.said(/http:\/\/0\.0\.0\.0:\d+\/TOKEN\//))?.[0]);
  expect(program.output).not.toContain(token);
  const status = (host: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ port, host: "127.0.0.1", path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  expect(await status("localhost:9999", `/${token}/`)).toBe(200);
  expect(await status("192.168.1.9", `/${token}/`)).toBe(200);
  expect(await status("[fe80::1]:80", `/${token}/`)).toBe(200);
  expect(await status("evil.example", `/${token}/`)).toBe(403);
  expect(await status("127.0.0.1.evil.example", `/${token}/`)).toBe(403);
  expect(await status("localhost:9999", "/0123456789abcdef-guess/")).toBe(404);
});

test("a program asks for it, gets one, and ends it", async () => {
  const { child: asks, said } = start(["asks.mjs"], { MILLRACE_INSPECT: "late" });
  const code = new Promise((resolve) => asks.once("exit", resolve));
  const output = await said(/.*\n(true|false)\n$/s);
  expect(output.split("\n")).toEqual([
    "true",
    "true true",
    "inspect: port: expected a whole number from 0 to 65535, got -1",
    "inspect: port: expected a whole number from 0 to 65535, got 1.5",
    'inspect: host: expected an address to listen at, got ""',
    "inspect: token must have at least 16 letters, digits, - or _",
    "true",
    "",
  ]);
  expect(await code).toBe(0);
});

test("what MILLRACE_INSPECT can't mean ends the program, and a port that is taken does not", async () => {
  const { child: wrong, said } = start(["imports.mjs"], { MILLRACE_INSPECT: "soon" });
  const code = new Promise((resolve) => wrong.once("exit", resolve));
  await said(/MILLRACE_INSPECT: expected a port, HOST:PORT or "late", got "soon"/);
  expect(await code).toBe(1);
  const first = start(["imports.mjs"]);
  const { port } = new URL(await first.said(ADDRESS));
  try {
    const second = start(["imports.mjs"], { MILLRACE_INSPECT: port });
    await second.said(/the inspector can't start: .*EADDRINUSE/);
    await second.said(/ready/);
    second.child.kill("SIGKILL");
  } finally {
    first.child.kill("SIGKILL");
  }
});
