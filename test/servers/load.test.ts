/**
 * The servers of examples/servers under load: 200 connections at once. Each answer is its own request's, each span a child of
 * its request's, and nothing is left.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { root } from "../kit/child.ts";
import { load } from "./kit.ts";
import type { Stats } from "./serve.ts";

/**
 * What may be left of all requests, in bytes: code that was compiled meanwhile, room for connections. It is 50 to 400 kB; 40 bytes
 * left of each of 30,000 requests are more than this.
 */
const FLAT = 1_200_000;

let child: ChildProcess | undefined;
afterEach(() => void child?.kill("SIGKILL"));

async function start(name: string): Promise<{ url: string; stats(): Promise<Stats> }> {
  const server = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)), [name], {
    cwd: root,
    env: { ...process.env, DEADLINE: "60000" },
    execArgv: ["--expose-gc", "--import", "tsx"],
  });
  child = server;
  const [port] = (await once(server, "message")) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async stats() {
      server.send("stats");
      return ((await once(server, "message")) as [Stats])[0];
    },
  };
}

describe.each([
  ["express", 10_000],
  ["fastify", 30_000],
  ["hono", 10_000],
])("%s", (name, requests) => {
  test("answers 200 connections right, and nothing is left of it", async () => {
    const { url, stats } = await start(name);
    const warm = await load(url, 10_000);
    expect(warm.wrong).toEqual([]);
    const before = await stats();
    const { right, wrong } = await load(url, requests);
    expect(wrong).toEqual([]);
    expect(right).toBe(requests);
    const after = await stats();
    expect(after).toMatchObject({ goroutines: 0, astray: 0, listeners: before.listeners });
    expect(after.rendered).toBe(warm.right + right);
    expect(after.heap - before.heap).toBeLessThan(FLAT);
  }, 300_000);

  test("tells a failure to its request alone, and leaves nothing of a client that goes away", async () => {
    const { url, stats } = await start(name);
    const failed = await fetch(`${url}/items/unknown`, { headers: { "x-request-id": "1" } });
    expect([failed.status, await failed.json()]).toEqual([500, { error: expect.stringMatching(/has no unknown$/) }]);
    const gone = new AbortController();
    const leaving = fetch(`${url}/items/a`, { signal: gone.signal }).catch(() => "gone");
    gone.abort();
    expect(await leaving).toBe("gone");
    expect((await stats()).goroutines).toBe(0);
  });
});
