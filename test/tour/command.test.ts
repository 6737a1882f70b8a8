/** `millrace tour` as a process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let child: ChildProcess | null = null;
afterEach(() => child?.kill());

function start(...argv: string[]): {
  readonly process: ChildProcess;
  output(): string;
  said(what: RegExp): Promise<string>;
} {
  const started = spawn(process.execPath, [cli, "tour", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  child = started;
  let output = "";
  const said = (what: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = what.exec(output);
        if (found !== null) resolve(found[1] ?? found[0]);
      };
      for (const stream of [started.stdout, started.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          look();
        });
      }
    });
  return { process: started, output: () => output, said };
}

it("serves the tour on this machine, at a port that is free", async () => {
  const url = await start().said(/^The tour is at (http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)\n$/);
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect(await response.text()).toContain("<title>A tour of Millrace</title>");
  const script = await fetch(`${url}library/program.js`);
  expect(script.headers.get("content-security-policy")).toBe("default-src 'none'; script-src 'self' blob:");
  expect((await script.text()).length).toBeGreaterThan(1000);
});

it("says that a port is in use, and what a port is", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const inUse = start("--port", String(port));
  await inUse.said(/port \d+ is in use; name another by --port/);
  if (inUse.process.exitCode === null) await once(inUse.process, "close");
  expect(inUse.process.exitCode).toBe(2);
  other.close();
  const wrong = start("--port", "many");
  await wrong.said(/Expected a port, from 0 to 65535/);
  if (wrong.process.exitCode === null) await once(wrong.process, "close");
  expect(wrong.process.exitCode).toBe(2);
});
