/** The programs of examples/fleet, as a reader would run them: in memory, in a file, and over a Redis. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, node, root } from "../kit/child.ts";
import { freePort, hasRedis, RedisServer } from "../kit/redis-server.ts";
import { sqliteNode } from "../kit/sqlite-node.ts";

const example = (name: string): string => join(root, "examples/fleet", name);

/** What a program prints, with the queues that FLEET names. */
async function prints(name: string, FLEET: string, command?: string): Promise<string> {
  const { code, stdout, stderr } = await node([cli, "run", example(name)], { env: { FLEET }, command });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

/** Runs the server, asks it for `paths`, ends it, and gives the status and the text of each answer. */
async function asks(
  paths: readonly string[],
  FLEET: string,
  command?: string,
): Promise<(readonly [status: number, text: string])[]> {
  const port = await freePort();
  let answers: Promise<(readonly [number, string])[]> = Promise.resolve([]);
  const { code, stdout, stderr } = await node([cli, "run", example("web.ts")], {
    env: { FLEET, PORT: String(port) },
    command,
    ready: "listens on",
    whenReady(child) {
      const ask = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${port}/${path}`);
        return [response.status, await response.text()] as const;
      };
      answers = Promise.all(paths.map(ask)).finally(() => child.kill("SIGTERM"));
    },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").slice(1)).toEqual(["all answered", ""]);
  return await answers;
}

const MAILS = `ann@example.org: delivered, attempt 1
bob@busy.example: delivered, attempt 2
nobody: given up after 1: nobody is not an address
eve@down.example: given up after 3: down.example is busy
repaired: 2 once more
eve@down.example: delivered, attempt 1
dead letters: 1
`;

function mailsAndCrawl(fleet: (name: string) => string, command?: string): void {
  it("mails: retries, dead letters, and these once more", async () => {
    const FLEET = fleet("mails");
    expect(await prints("mails.ts", FLEET, command)).toBe(MAILS);
    if (FLEET !== "") expect(await prints("mails.ts", FLEET, command)).toBe(MAILS); // it has left nothing behind
  });

  it("crawl: each page once, those of a host in order, no faster than the rate", async () => {
    const lines = (await prints("crawl.ts", fleet("crawl"), command)).split("\n");
    const pages = ["sugar", "milk", "tea"].map((site) => [0, 1, 2, 3, 4, 5, 6].map((n) => `${site} ${n}`).join(", "));
    expect(lines.slice(0, 3)).toEqual(pages);
    const [, took, failed] = /^in (\d+) ms, (\d+) pages given up$/.exec(lines[3] ?? "") ?? [];
    expect(Number(took)).toBeGreaterThan((20 * 1000) / 50 - 10); // 20 pages come after the first; clocks are whole milliseconds
    expect(failed).toBe("0");
  });
}

function webAndWorker(fleet: (name: string) => string, command?: string): void {
  it("web: a worker of another process does the work; without one the answer is 503", {
    timeout: 120_000,
  }, async () => {
    const FLEET = fleet("web");
    const where = FLEET.startsWith("redis") ? "--redis" : "--sqlite";
    const [[status, text] = []] = await asks(["cat"], FLEET, command);
    expect(text).toBe('RemoteError: go: no process has begun "thumbnail" within 2000 ms\n');
    expect(status).toBe(503);
    let answers = Promise.resolve<unknown>(undefined);
    const worker = await node([cli, "worker", example("thumbnail.ts"), "--name", "web", where, FLEET], {
      command,
      ready: "serves fleet",
      whenReady(child) {
        answers = asks(["cat"], FLEET, command).finally(() => child.kill("SIGTERM"));
      },
    });
    expect(await answers).toEqual([[200, expect.stringMatching(/^<svg .*<\/svg>$/)]]);
    expect(worker).toMatchObject({ code: 0, stderr: expect.stringMatching(/millrace worker: drained\n$/) });
  });
}

describe("in memory", () => {
  mailsAndCrawl(() => "");

  it("web: requests are answered, and a signal ends it", async () => {
    const [cat, dog] = await asks(["cat", "dog"], "");
    expect(cat).toEqual([200, expect.stringMatching(/^<svg .*<\/svg>$/)]);
    expect(dog).toEqual([200, expect.stringMatching(/^<svg .*<\/svg>$/)]);
    expect(cat).not.toEqual(dog);
  });
});

describe.runIf(sqliteNode !== undefined)("in a file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-fleet-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, `${name}.db`);
  mailsAndCrawl(file, sqliteNode);
  webAndWorker(file, sqliteNode);
});

describe.runIf(hasRedis)("over a Redis", () => {
  let server: RedisServer;
  let FLEET = "";
  beforeAll(async () => {
    server = await RedisServer.start();
    FLEET = `redis://127.0.0.1:${server.port}`;
  });
  afterAll(() => server.end());
  mailsAndCrawl(() => FLEET);
  webAndWorker(() => FLEET);
});
