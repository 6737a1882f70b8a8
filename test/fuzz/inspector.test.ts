/** The inspector's door: the bodies of questions, and the paths, hosts and origins of requests. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ArgumentError } from "millrace";
import { afterAll, beforeAll, expect } from "vitest";
import { type Serving, serve } from "../../src/inspector/server/server.ts";
import { checkQuestion } from "../../src/inspector/validate.ts";
import { type Watch, watch } from "../../src/inspector/watch.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

let folder: string;
let serving: Serving;
let source: Watch;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-fuzz-"));
  writeFileSync(join(folder, "index.html"), "the page");
  source = watch({ program: "fuzz" });
  serving = await serve(source, { port: 0, page: folder });
});
afterAll(() => {
  serving.close();
  source.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request as it is: nothing is put in order. */
function send(path: string, headers: Readonly<Record<string, string>>, body: string | null): Promise<Answer> {
  const { hostname, port } = new URL(serving.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method: body === null ? "GET" : "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

const names = fc.constantFrom(
  "status",
  "goroutines",
  "goroutine",
  "channels",
  "things",
  "graph",
  "timeline",
  "events",
  "findings",
);
const abouts = fc.record(
  {
    offset: fc.integer(),
    limit: fc.integer(),
    filter: fc.string(),
    id: fc.oneof(fc.string(), fc.constantFrom("g1", "chan 1", "__proto__", "constructor")),
    from: fc.double(),
    to: fc.double(),
    width: fc.integer(),
    after: fc.integer(),
    states: fc.array(fc.string()),
    sort: fc.string(),
  },
  { requiredKeys: [] },
);
const questions = fc.record({ question: fc.oneof(names, fc.string()), about: fc.oneof(abouts, fc.jsonValue()) });

fuzz("whatever is asked is a question, or refused by name", questions, ({ question, about }) => {
  try {
    checkQuestion(question, about);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message.length).toBeLessThan(1000);
  }
  unpolluted();
});

const ask = (): string => `${new URL(serving.url).pathname}ask`;
const JSON_TYPE = { "content-type": "application/json" };

fuzz(
  "a body is answered or refused, and never takes the server down",
  fc.oneof(damaged(questions.map((each) => JSON.stringify(each))), fc.string({ unit: "binary" })),
  async (body) => {
    const { status, body: answer } = await send(ask(), JSON_TYPE, body);
    expect([200, 400]).toContain(status);
    if (status === 400) expect(typeof (JSON.parse(answer) as { error: unknown }).error).toBe("string");
    else JSON.parse(answer);
    unpolluted();
  },
  200,
);

const piece = fc.constantFrom(
  "..",
  ".",
  "%2e%2e",
  "%2f",
  "\\",
  "//",
  "index.html",
  "etc/passwd",
  "%00",
  "~",
  "secret",
  "?",
  "#",
);
fuzz(
  "no path leads out of the page's folder",
  fc.tuple(fc.boolean(), fc.array(piece, { maxLength: 6 })),
  async ([token, pieces]) => {
    const path = `${token ? new URL(serving.url).pathname : "/"}${pieces.join("/")}`.replaceAll("\\", "%5c");
    const { status, body } = await send(path, {}, null);
    if (status === 200) expect(body).toBe("the page");
    else expect([400, 403, 404, 405]).toContain(status);
  },
  200,
);

const host = fc.oneof(damaged(fc.constantFrom("127.0.0.1", "localhost")), fc.domain());
fuzz(
  "nobody is answered who comes by another name or from another origin",
  fc.tuple(
    host.filter((name) => /^[\x21-\x7e]*$/.test(name)),
    fc.boolean(),
  ),
  async ([name, asOrigin]) => {
    const { host: ours, port } = new URL(serving.url);
    const other = `${name}:${port}`;
    if (["127.0.0.1", "localhost", "[::1]"].includes(name.toLowerCase())) return;
    const headers = asOrigin ? { origin: `http://${other}`, host: ours } : { host: other };
    const { status } = await send(ask(), { ...JSON_TYPE, ...headers }, '{"question":"status"}');
    expect([400, 403]).toContain(status);
  },
  200,
);
