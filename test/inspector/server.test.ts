/** The inspector's server: who is answered, and with what. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { AskError, remote } from "../../src/inspector/remote.ts";
import { type Serving, serve } from "../../src/inspector/server/server.ts";
import { type Watch, watch } from "../../src/inspector/watch.ts";

let folder: string;
let serving: Serving;
let source: Watch;
const counts: number[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-page-"));
  mkdirSync(join(folder, "page", "assets"), { recursive: true });
  writeFileSync(join(folder, "page", "index.html"), "<!doctype html><title>the page</title>");
  writeFileSync(join(folder, "page", "assets", "app.js"), "export {};");
  writeFileSync(join(folder, "page", "secret.key"), "not to be served");
  writeFileSync(join(folder, "outside.html"), "not to be served");
  source = watch({ program: "here" });
  serving = await serve(source, { port: 0, page: join(folder, "page"), pages: (count) => counts.push(count) });
});
afterAll(() => {
  serving.close();
  source.stop();
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A request as it is: no path is put in order, any header can be set. `path` is below the token. */
function send({ path = "", method = "GET", headers = {}, body = "" }: Asked): Promise<Answer> {
  const { hostname, port, pathname } = new URL(serving.url);
  const asked = path.startsWith("/") ? path : `${pathname}${path}`;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: asked, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" };
const ask = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Promise<Answer> =>
  send({ path: "ask", method: "POST", headers, body });

describe("the page", () => {
  test("is served with its files, under a policy that lets in nothing else", async () => {
    const page = await send({});
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining("the page") });
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(Object.keys(page.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    const script = await send({ path: "assets/app.js" });
    expect(script).toMatchObject({ status: 200, body: "export {};" });
    expect(script.headers["content-type"]).toMatch(/^text\/javascript/);
    expect(await send({ method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  test.each([
    "../outside.html",
    "%2e%2e/outside.html",
    "..%2foutside.html",
    "assets/../../outside.html",
    "assets\\..\\..\\outside.html",
    "secret.key",
    "assets",
    "assets/",
    "/etc/passwd",
    "constructor",
    "%00",
  ])("no path leads anywhere else: %s", async (path) => {
    expect(await send({ path })).toMatchObject({ status: 404 });
  });

  test("where it was not built, that is said", async () => {
    const bare = await serve(source, { port: 0, page: join(folder, "nothing") });
    expect(await (await fetch(bare.url)).text()).toContain("page is not in this build");
    bare.close();
  });
});

describe("who is answered", () => {
  const { port } = { port: (): string => new URL(serving.url).port };

  test.each([
    ["a name that points here", () => `evil.example:${port()}`],
    ["another port", () => "127.0.0.1:1"],
    ["no port", () => "127.0.0.1"],
  ])("no request for a host that is not this machine: %s", async (_, host) => {
    expect(await send({ headers: { host: host() } })).toMatchObject({ status: 403 });
  });

  test("this machine by its other name", async () => {
    expect(await send({ headers: { host: `localhost:${port()}` } })).toMatchObject({ status: 200 });
  });

  test.each(["http://evil.example", "null", "https://127.0.0.1:1"])("no page of another origin: %s", async (origin) => {
    expect(await ask('{"question":"status"}', { ...JSON_TYPE, origin })).toMatchObject({ status: 403 });
    expect(await send({ headers: { origin } })).toMatchObject({ status: 403 });
  });

  test("no script of another site", async () => {
    const answer = await ask('{"question":"status"}', { ...JSON_TYPE, "sec-fetch-site": "cross-site" });
    expect(answer).toMatchObject({ status: 403 });
  });

  test("nobody without the token", async () => {
    for (const path of ["/", "/ask", "/x/ask", `${new URL(serving.url).pathname.slice(0, -2)}/ask`]) {
      expect(await send({ path, method: "POST", headers: JSON_TYPE, body: "{}" })).toMatchObject({ status: 404 });
    }
  });

  test("the page's own script", async () => {
    const origin = serving.url.replace(/(:\d+)\/.*/, "$1");
    const answer = await ask('{"question":"status"}', { ...JSON_TYPE, origin, "sec-fetch-site": "same-origin" });
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body)).toMatchObject({ mode: "live", program: "here" });
  });
});

describe("questions", () => {
  test.each([
    ["GET", 405],
    ["PUT", 405],
    ["OPTIONS", 405],
  ])("are posted, not by %s", async (method, status) => {
    expect(await send({ path: "ask", method, headers: JSON_TYPE })).toMatchObject({ status });
  });

  test("are JSON, as their type says", async () => {
    const form = await ask('{"question":"status"}', { "content-type": "text/plain" });
    expect(form).toMatchObject({ status: 415, body: expect.stringContaining("text/plain") });
  });

  test.each([
    ["{", /a question is JSON, got \\"\{\\"/],
    ["[]", /expected \{ question, about \}, got an array of 0/],
    ["null", /expected \{ question, about \}, got null/],
    ["{}", /expected one of the questions status, .*, got undefined/],
    ['{"question":"goroutines","about":{"offset":-1,"limit":1}}', /offset: expected a whole number from 0 .*, got -1/],
    [
      '{"question":"events","about":{"after":0,"limit":1e9}}',
      /limit: expected a whole number from 0 to 10000, got 1000000000/,
    ],
    ['{"question":"toString"}', /expected one of the questions/],
  ])("that are none get 400, and what is wrong: %s", async (body, message) => {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(message);
  });

  test("have a length", async () => {
    expect(await ask(`{"question":"${"x".repeat(3_000_000)}"}`)).toMatchObject({ status: 413 });
  });

  test("through remote", async () => {
    const far = remote(serving.url);
    expect(await far.ask("status", {})).toMatchObject({ program: "here" });
    expect(await far.ask("stepper", {})).toBeNull();
    const bad = far.ask("channels", { offset: 0.5, limit: 1 });
    await expect(bad).rejects.toThrow(AskError);
    await expect(bad).rejects.toMatchObject({ status: 400, message: expect.stringContaining("got 0.5") });
    far.close();
    await expect(remote("http://127.0.0.1:9/x/").ask("status", {})).rejects.toMatchObject({ status: 0 });
  });
});

describe("who looks on", () => {
  afterEach(() => {
    counts.length = 0;
  });

  test("is counted by open streams, and gone a moment after", async () => {
    const leave = new AbortController();
    const stream = await fetch(`${serving.url}alive`, { signal: leave.signal });
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    expect(counts).toEqual([1]);
    leave.abort();
    await expect.poll(() => counts).toEqual([1, 0]);
  });

  test("a remote does from when it is made until it is closed, where the host has event streams", async () => {
    class Stream {
      readonly #sent: ReturnType<typeof request>;

      constructor(url: string) {
        this.#sent = request(url, (response) => void response.resume()).on("error", () => {});
        this.#sent.end();
      }

      close(): void {
        this.#sent.destroy();
      }
    }
    vi.stubGlobal("EventSource", Stream);
    try {
      const one = remote(serving.url);
      await expect.poll(() => counts).toEqual([1]);
      expect(await one.ask("status", {})).toMatchObject({ program: "here" });
      const two = remote(serving.url);
      await expect.poll(() => counts).toEqual([1, 2]);
      one.close();
      await expect.poll(() => counts).toEqual([1, 2, 1]);
      two.close();
      await expect.poll(() => counts).toEqual([1, 2, 1, 0]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

test("idle connections are few, and are closed, so they do not use up the program's descriptors", async () => {
  const { port } = new URL(serving.url);
  let closed = 0;
  const sockets = Array.from({ length: 200 }, () =>
    connect(Number(port), "127.0.0.1")
      .on("error", () => {})
      .on("close", () => closed++)
      .resume(),
  );
  try {
    await expect.poll(() => closed).toBeGreaterThanOrEqual(200 - 64);
    await expect.poll(() => closed).toBe(200);
    expect((await send({})).status).toBe(200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test("a port that is taken is an error", async () => {
  const port = Number(new URL(serving.url).port);
  await expect(serve(source, { port, page: folder })).rejects.toThrow(/EADDRINUSE/);
});
