/** examples/servers/main.ts: a signal while requests are under way; each has its answer, and the process ends well. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { root } from "../kit/child.ts";

let child: ChildProcess | undefined;
afterEach(() => void child?.kill("SIGKILL"));

test.each(["express", "fastify", "hono"])("%s answers what is under way, and ends", async (name) => {
  const server = spawn(process.execPath, ["--import", "tsx", join(root, "examples/servers/main.ts"), name], {
    cwd: root,
    env: { ...process.env, PORT: "0", DEADLINE: "60000" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = server;
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text: Buffer) => (said += text));
  while (!said.includes("listens")) await once(server.stdout, "data");
  const port = /"port":(\d+)/.exec(said)?.[1];
  const ask = (i: number): Promise<string | undefined> =>
    fetch(`http://127.0.0.1:${port}/items/a`, { headers: { "x-request-id": String(i), connection: "close" } })
      .then((response) => response.json() as Promise<{ id?: string }>)
      .then(({ id }) => id);
  const first = ask(0);
  const all = Array.from({ length: 50 }, (_, i) => ask(i + 1));
  expect(await first).toBe("0"); // so the others have been accepted, or soon will be
  server.kill("SIGTERM");
  const ended = once(server, "exit");
  const answers = await Promise.allSettled(all);
  expect(await ended).toEqual([0, null]);
  expect(said).toContain("SIGTERM received: shutting down");
  expect(said).not.toContain("still running");
  for (const [i, answer] of answers.entries()) {
    // A connection that came too late is refused; what was accepted has its own answer.
    if (answer.status === "fulfilled") expect(answer.value).toBe(String(i + 1));
    else
      expect((answer.reason as Error & { cause?: { code?: string } }).cause?.code).toMatch(
        /ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET/,
      );
  }
});
