/** The shop as a route handler, built and served by Next. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, root } from "../kit/child.ts";
import { load } from "./kit.ts";

const cwd = join(root, "examples/servers/next");
const next = join(root, "node_modules/next/dist/bin/next");
const env = { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", DEADLINE: "60000" } as const;
let server: ChildProcess | undefined;
let url = "";

beforeAll(async () => {
  const built = await node([next, "build"], { cwd, env, patience: 280_000 });
  expect(built.code, built.stdout + built.stderr).toBe(0);
  const child = spawn(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  server = child;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /Local:\s+(http:\S+)/.exec(line)?.[1] ?? url;
    if (line.includes("Ready")) break;
  }
}, 300_000);

afterAll(async () => {
  if (server === undefined || server.exitCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
});

test("answers 200 connections right, and leaves no goroutine", async () => {
  const { right, wrong } = await load(url, 5000);
  expect(wrong).toEqual([]);
  expect(right).toBe(5000);
  expect(await (await fetch(`${url}/goroutines`)).json()).toEqual([]);
}, 120_000);

test("has what belongs to a request in its goroutines", async () => {
  const ids = ["a", "b", "c", "d"];
  const seen = await Promise.all(
    ids.map(async (id) =>
      (await fetch(`${url}/items/x`, { headers: { "x-request-id": id } })).headers.get("x-request-id"),
    ),
  );
  expect(seen).toEqual(ids);
});
