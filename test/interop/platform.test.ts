/** With the platform's own: fetch, files, standard input, timers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createGunzip, createGzip } from "node:zlib";
import { chan, go, range, run, select, wait } from "millrace";
import { background, withCancelCause } from "millrace/context";
import { fromReadable, requestContext, toNodeReadable, toReadable, toSignal } from "millrace/interop";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, root } from "../kit/child.ts";
import { rejected } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

const folder = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("fetch", () => {
  const gone = chan<void>(8);
  const server = createServer((req, res) => {
    const ctx = requestContext(req, res);
    const ticks = chan<string>();
    res.writeHead(200).flushHeaders();
    go(function* () {
      for (let i = 0; req.url === "/endless" || i < 3; i++) {
        const s = yield* select({ sent: ticks.send(`${i},`), gone: ctx.done().recv() });
        if (s.case === "sent") continue;
        gone.trySend();
        return;
      }
      ticks.close();
    });
    toNodeReadable(ticks).pipe(res);
  });
  let url = "";
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close().closeAllConnections());

  test("a response's body is a channel", async () => {
    await run(
      function* () {
        const response = yield* wait(fetch(`${url}/`));
        const text = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream());
        let all = "";
        for (const r = range(fromReadable(text)); yield* r.next(); ) all += r.value;
        expect(all).toBe("0,1,2,");
      },
      { leaks: true },
    );
  });

  test("a context ends the request with its cause, and a body that is being read", async () => {
    await run(
      function* () {
        const [ctx, cancel] = withCancelCause(background());
        const response = yield* wait(fetch(`${url}/endless`, { signal: ctx.signal }));
        const body = fromReadable(response.body as ReadableStream<Uint8Array>, { ctx });
        expect(yield* body.recv()).toBeInstanceOf(Uint8Array);
        const cause = new Error("enough");
        cancel(cause);
        expect(yield* body.recvOk()).toEqual([undefined, false]);
        yield* gone.recv(); // the server's goroutine has stopped
        expect(yield* wait(rejected(fetch(url, { signal: ctx.signal })))).toBe(cause);
      },
      { leaks: true },
    );
  });

  test("leaving the loop over a body ends the request", async () => {
    const response = await fetch(`${url}/endless`);
    for await (const _ of fromReadable(response.body as ReadableStream<Uint8Array>)) break;
    await gone.recv();
  });

  test("a channel that is closed ends a request", async () => {
    const quit = chan<void>();
    const pending = rejected(fetch(`${url}/endless`, { signal: toSignal(quit) }).then((r) => r.text()));
    await turns();
    quit.close();
    expect(await pending).toMatchObject({ name: "AbortError" });
    await gone.recv();
  });

  test("a channel is a request's body", async () => {
    const echo = createServer((req, res) => req.pipe(res));
    echo.listen(0, "127.0.0.1");
    await once(echo, "listening");
    await run(function* () {
      const ch = chan<Uint8Array>();
      go(function* () {
        for (const word of ["a", "b", "c"]) yield* ch.send(new TextEncoder().encode(word));
        ch.close();
      });
      const at = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
      const init = { method: "POST", body: toReadable(ch), duplex: "half" } as RequestInit;
      const response = yield* wait(fetch(at, init));
      expect(yield* wait(response.text())).toBe("abc");
    });
    echo.close().closeAllConnections();
  });
});

describe("files", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join("");
  const path = join(folder, "in.txt");
  beforeAll(() => writeFileSync(path, text));

  test("from file to file through a channel", async () => {
    const out = join(folder, "out.txt");
    await run(
      function* () {
        const from = fromReadable<string>(createReadStream(path, "utf8"), { capacity: 2 });
        const upper = chan<string>(2);
        const g = go(() => pipeline(toNodeReadable(upper), createWriteStream(out)));
        for (const r = range(from); yield* r.next(); ) yield* upper.send(r.value.toUpperCase());
        upper.close();
        yield* g.join();
      },
      { leaks: true },
    );
    expect(readFileSync(out, "utf8")).toBe(text.toUpperCase());
  });

  test("through gzip and back", async () => {
    const packed = fromReadable<Buffer>(createReadStream(path).pipe(createGzip()), { capacity: 4 });
    let all = "";
    const unpacked = fromReadable<string>(toNodeReadable(packed).pipe(createGunzip()).setEncoding("utf8"));
    for await (const chunk of unpacked) all += chunk;
    expect(all).toBe(text);
  });

  test("a file that is not there fails the channel, however late somebody receives", async () => {
    const ch = fromReadable(createReadStream(join(folder, "missing")));
    await delay(20);
    expect(await rejected(ch.recv())).toMatchObject({ code: "ENOENT" });
  });

  test("leaving early closes the file, also when nothing was read", async () => {
    for (const read of [true, false]) {
      const stream = createReadStream(path, { highWaterMark: 100 });
      await once(stream, "open");
      using ch = fromReadable(stream);
      if (read) await ch.recv();
      ch.stop();
      await once(stream, "close");
      expect(stream.closed).toBe(true);
    }
  });
});

describe("standard input", () => {
  const program = (name: string, ...args: string[]): string[] => [
    "--import",
    "tsx",
    `${root}test/interop/programs/${name}`,
    ...args,
  ];

  test("is a channel of chunks, to its end", async () => {
    const { stdout, code } = await node(program("stdin.ts"), { input: "x".repeat(300_000) });
    expect([stdout, code]).toEqual(["300000\n", 0]);
  });

  test("is a channel of lines", async () => {
    const { stdout } = await node(program("stdin.ts", "lines"), { input: "a\nb\nc" });
    expect(stdout).toBe("1 a\n2 b\n3 c\n");
  });

  test("may be left", async () => {
    const { stdout, code } = await node(program("stdin.ts", "first"), { input: "x".repeat(300_000) });
    expect([stdout, code]).toEqual(["true\n", 0]);
  });

  test("left, it does not hold the process open, though nobody closes it", async () => {
    const child = spawn(process.execPath, program("stdin-stops.ts"), { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stdin.on("error", () => {});
    child.stdin.write("hello\n");
    const [code] = await once(child, "close");
    expect([stdout, code]).toEqual(["ready hello\nleft\n", 0]);
  });
});
