/** The context of an HTTP request, on real sockets. */
import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type Chan, chan, type Go, go, run, runtime, select, wait } from "millrace";
import { background, Canceled, type Context, cause, key, withCancelCause, withValue } from "millrace/context";
import { ClientGone, fromReadable, requestContext } from "millrace/interop";
import * as time from "millrace/time";
import { afterEach, describe, expect, test } from "vitest";
import { thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Handler = (req: http.IncomingMessage, res: http.ServerResponse) => void;

async function serve(handler: Handler): Promise<number> {
  const server = http.createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A connection on which these requests have been written. */
async function client(port: number, ...requests: string[]): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  closing.push(() => socket.destroy());
  await once(socket, "connect");
  for (const request of requests) socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

/** Serves, and gives for each request its context. */
async function contexts(answer?: Handler): Promise<{ port: number; arrived: Chan<Context> }> {
  const arrived = chan<Context>(16);
  const port = await serve((req, res) => {
    arrived.trySend(requestContext(req, res));
    answer?.(req, res);
  });
  return { port, arrived };
}

const ended = async (ctx: Context): Promise<unknown[]> => {
  await ctx.done().recv();
  return [ctx.err(), cause(ctx)];
};

describe("requestContext", () => {
  test("ends when the client goes away, with ClientGone as the cause", async () => {
    const { port, arrived } = await contexts();
    const socket = await client(port, "GET /");
    const ctx = (await arrived.recv()) as Context;
    expect([ctx.err(), ctx.signal.aborted]).toEqual([undefined, false]);
    socket.destroy();
    const [error, reason] = await ended(ctx);
    expect(error).toBe(Canceled);
    expect(reason).toBeInstanceOf(ClientGone);
    expect([(reason as Error).name, (reason as Error).message, ctx.signal.reason]).toEqual([
      "ClientGone",
      "the client closed the connection before the response was complete",
      reason,
    ]);
  });

  test("ends when the response is complete; the connection may go on", async () => {
    const { port, arrived } = await contexts((_, res) => res.end("hi"));
    const socket = await client(port, "GET /1");
    expect(await ended((await arrived.recv()) as Context)).toEqual([Canceled, Canceled]);
    socket.write("GET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await ended((await arrived.recv()) as Context)).toEqual([Canceled, Canceled]);
    expect(socket.destroyed).toBe(false);
  });

  test("ends when the client goes away in the middle of its request, or of the response", async () => {
    const { port, arrived } = await contexts((req, res) => {
      if (req.method === "GET") res.write("the beginning");
    });
    const uploading = await client(port, "POST / HTTP/1.1\r\nContent-Length: 100\r\nX: ");
    const upload = (await arrived.recv()) as Context;
    uploading.destroy();
    expect((await ended(upload))[1]).toBeInstanceOf(ClientGone);
    const reading = await client(port, "GET /");
    const download = (await arrived.recv()) as Context;
    await once(reading, "data");
    expect(download.err()).toBeUndefined();
    reading.destroy();
    expect((await ended(download))[1]).toBeInstanceOf(ClientGone);
  });

  test("of every request of a pipeline ends, also of those that wait for their turn", async () => {
    const { port, arrived } = await contexts((req) => req.resume());
    const warnings: Error[] = [];
    const warned = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", warned);
    const requests = Array.from({ length: 16 }, (_, i) => `GET /${i}`);
    const socket = await client(port, ...requests);
    const all: Context[] = [];
    for (const _ of requests) all.push((await arrived.recv()) as Context);
    socket.destroy();
    for (const ctx of all) expect((await ended(ctx))[1]).toBeInstanceOf(ClientGone);
    process.off("warning", warned);
    expect(warnings).toEqual([]);
  });

  test("asked for too late, it has ended", async () => {
    const late = chan<Context>(1);
    const port = await serve((req, res) => {
      res.once("close", () => late.trySend(requestContext(req, res)));
      arrived.trySend();
    });
    const arrived = chan<void>(1);
    const socket = await client(port, "GET /");
    await arrived.recv();
    socket.destroy();
    const ctx = (await late.recv()) as Context;
    expect([ctx.err(), cause(ctx)]).toEqual([Canceled, expect.any(ClientGone)]);
  });

  test("derives from a parent: its values, its end, its cause", async () => {
    const user = key<string>("user");
    const [parent, cancel] = withCancelCause(withValue(background(), user, "ann"));
    const arrived = chan<Context>(1);
    const port = await serve((req, res) => void arrived.trySend(requestContext(req, res, parent)));
    await client(port, "GET /");
    const ctx = (await arrived.recv()) as Context;
    expect(ctx.value(user)).toBe("ann");
    const shutdown = new Error("shutting down");
    cancel(shutdown);
    expect(await ended(ctx)).toEqual([Canceled, shutdown]);
  });

  test("of HTTP/2 ends when a stream is complete, when it is reset, and when the session is gone", async () => {
    const arrived = chan<Context>(4);
    const late = chan<Context>(4);
    const server = http2.createServer((req, res) => {
      arrived.trySend(requestContext(req, res));
      res.once("close", () => late.trySend(requestContext(req, res)));
      if (req.url === "/ok") res.end("hi");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => server.close());
    const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    session.on("error", () => {});
    closing.push(() => session.destroy());
    const open = (path: string): http2.ClientHttp2Stream => session.request({ ":path": path }).on("error", () => {});
    open("/ok").resume();
    expect(await ended((await arrived.recv()) as Context)).toEqual([Canceled, Canceled]);
    expect(((await late.recv()) as Context).err()).toBe(Canceled);
    for (const leave of [
      (stream: http2.ClientHttp2Stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
      () => session.destroy(),
    ]) {
      const stream = open("/never");
      const ctx = (await arrived.recv()) as Context;
      expect(ctx.err()).toBeUndefined();
      leave(stream);
      expect((await ended(ctx))[1]).toBeInstanceOf(ClientGone);
      expect(((await late.recv()) as Context).err()).toBe(Canceled);
    }
  });

  test("bad arguments", () => {
    expect(() => requestContext(null as never, {} as never)).toThrow("requestContext: expected a request, got null");
    expect(() => requestContext({ destroyed: false } as never, {} as never)).toThrow(
      "requestContext: expected a response, got an object",
    );
    const res = { once() {}, writableEnded: false, writableFinished: false };
    expect(thrown(() => requestContext({ destroyed: false }, res, null as never))).toMatchObject({
      code: "NIL_CONTEXT",
    });
  });
});

function* fetchData(ctx: Context): Go<string> {
  const s = yield* select({ data: time.after(time.Hour).recv(), gone: ctx.done().recv() });
  if (s.case === "gone") throw cause(ctx);
  return "data";
}

test("a client that disconnects stops fetchData at once", async () => {
  await run(
    function* () {
      const arrived = chan<void>();
      const stopped = chan<unknown>();
      const handle = function* (req: http.IncomingMessage, res: http.ServerResponse): Go {
        const ctx = requestContext(req, res);
        go(() => arrived.send());
        try {
          res.end(yield* fetchData(ctx));
        } catch (error) {
          yield* stopped.send(error);
        }
      };
      const port = yield* wait(serve((req, res) => void go(handle, req, res)));
      const socket = yield* wait(client(port, "GET /data"));
      yield* arrived.recv();
      socket.destroy();
      expect(yield* stopped.recv()).toBeInstanceOf(ClientGone);
    },
    { leaks: true },
  );
});

test("1,000 clients, of which half disconnect, leave no goroutine", { timeout: 60_000 }, async () => {
  const CLIENTS = 1000;
  await run(
    function* () {
      const arrived = chan<void>(CLIENTS);
      const release = chan<never>();
      const ends = chan<"answered" | "gone">(CLIENTS);
      const handle = function* (req: http.IncomingMessage, res: http.ServerResponse): Go {
        const ctx = requestContext(req, res);
        // Three goroutines a request: this one, one that reads the body, one that works.
        using body = fromReadable(req, { ctx });
        const reader = go(function* () {
          try {
            while ((yield* body.recvOk())[1]);
          } catch {}
        });
        const result = chan<string>(1);
        go(function* () {
          const s = yield* select({ go: release.recv(), gone: ctx.done().recv() });
          if (s.case === "go") yield* result.send("data");
        });
        arrived.trySend();
        const s = yield* select({ result: result.recv(), gone: ctx.done().recv() });
        if (s.case === "result") res.end(s.value);
        yield* reader.join();
        yield* ends.send(s.case === "result" ? "answered" : "gone");
      };
      const port = yield* wait(serve((req, res) => void go(handle, req, res)));
      const sockets: Socket[] = [];
      for (let i = 0; i < CLIENTS; i++) {
        sockets.push(yield* wait(client(port, "GET /data")));
        yield* arrived.recv();
      }
      expect(runtime.numGoroutine()).toBeGreaterThan(2 * CLIENTS);
      for (let i = 0; i < CLIENTS; i += 2) sockets[i]?.destroy();
      const count = { answered: 0, gone: 0 };
      for (let i = 0; i < CLIENTS / 2; i++) count[(yield* ends.recv()) ?? "gone"]++;
      expect(count).toEqual({ answered: 0, gone: CLIENTS / 2 });
      release.close();
      for (let i = 0; i < CLIENTS / 2; i++) count[(yield* ends.recv()) ?? "gone"]++;
      expect(count).toEqual({ answered: CLIENTS / 2, gone: CLIENTS / 2 });
      yield* wait(turns());
      expect(runtime.numGoroutine()).toBe(1);
    },
    { leaks: true },
  );
});
