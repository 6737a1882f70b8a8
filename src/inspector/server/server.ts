/**
 * The inspector's server: the page, and answers to its questions; on this machine only, unless told otherwise.
 *
 *     GET  /TOKEN/       the page, and its files below
 *     POST /TOKEN/ask    { question, about }: the answer, or { error } with 400 for what is no question
 *     GET  /TOKEN/alive  a stream that stays open as long as somebody looks
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { Questions, Source } from "../protocol.ts";
import { type Asset, MISSING, readAssets } from "./assets.ts";
import { Guard, HEADERS, type Refusal } from "./guard.ts";
import { LOOPBACK } from "./messages.ts";

export interface ServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The address to listen at; by default the one that only this machine reaches. */
  readonly host?: string | undefined;
  /** The secret in the URL; null, which is the default, for a new one. */
  readonly token?: string | null | undefined;
  /** Where the page's files are. */
  readonly page: string;
  /** Told how many pages look on, when that changes. */
  readonly pages?: ((count: number) => void) | undefined;
}

export interface Serving {
  readonly url: string;
  close(): void;
}

/** Bytes of a question: a schedule to replay is the longest there is. */
const MOST_BYTES = 2 ** 21;
/** Milliseconds between two signs of life. */
const HEARTBEAT = 15_000;
/** Milliseconds after which a page that went counts as gone: one that is reloaded comes back sooner. */
const GRACE = 1_000;

/**
 * Connections at one time. Each takes a descriptor of the watched program's process, and any user of this machine can open
 * them, so there are few; a page needs six.
 */
const MOST_CONNECTIONS = 64;
/** Milliseconds in which a connection must have sent the head of a request; after that it is closed. */
const HEAD_IN = 5_000;

/** Serves `source`, once it listens. */
export async function serve(source: Source, options: ServerOptions): Promise<Serving> {
  const { host = LOOPBACK } = options;
  const server = createServer({
    headersTimeout: HEAD_IN,
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const guard = new Guard({ port, isLocal: host === LOOPBACK, token: options.token ?? null });
  const desk = new Desk(source, guard, readAssets(options.page), options.pages ?? (() => {}));
  server.on("request", (request, response) => desk.take(request, response));
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/${guard.token}/`,
    close: () => close(server),
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

class Desk {
  readonly #source: Source;
  readonly #guard: Guard;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #pages: (count: number) => void;
  #count = 0;

  constructor(source: Source, guard: Guard, assets: ReadonlyMap<string, Asset>, pages: (count: number) => void) {
    this.#source = source;
    this.#guard = guard;
    this.#assets = assets;
    this.#pages = pages;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const path = this.#guard.path(request);
    if (typeof path !== "string") refuse(response, path);
    else if (path === "ask") void this.#ask(request, response);
    else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      refuse(response, { status: 405, error: `this is only read, got ${request.method}` });
    } else if (path === "alive") this.#alive(response);
    else this.#file(path, request, response);
  }

  #file(path: string, { method }: IncomingMessage, response: ServerResponse): void {
    const asset = this.#assets.get(path === "" ? "index.html" : path) ?? (path === "" ? MISSING : undefined);
    if (asset === undefined) {
      refuse(response, { status: 404, error: "there is no such file" });
      return;
    }
    response.setHeader("content-type", asset.type);
    response.setHeader("content-length", asset.body.length);
    response.end(method === "HEAD" ? undefined : asset.body);
  }

  #alive(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("retry: 300\n\n");
    const beat = setInterval(() => response.write(": here\n\n"), HEARTBEAT);
    this.#pages(++this.#count);
    response.on("close", () => {
      clearInterval(beat);
      setTimeout(() => this.#pages(--this.#count), GRACE);
    });
  }

  async #ask(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      refuse(response, { status: 405, error: `a question is a POST, got ${request.method}` });
      return;
    }
    const refusal = this.#guard.question(request);
    if (refusal !== null) {
      refuse(response, refusal);
      return;
    }
    try {
      const body = await read(request);
      if (body === null) refuse(response, { status: 413, error: `a question is at most ${MOST_BYTES} bytes` });
      else send(response, 200, await this.#answer(body));
    } catch (error) {
      if (error instanceof ArgumentError) refuse(response, { status: 400, error: error.message });
      else refuse(response, { status: 500, error: `the inspector failed: ${String(error)}` });
    }
  }

  #answer(body: string): Promise<unknown> {
    let asked: unknown;
    try {
      asked = JSON.parse(body);
    } catch {
      throw new ArgumentError(`a question is JSON, got ${show(body)}`);
    }
    if (typeof asked !== "object" || asked === null || Array.isArray(asked)) {
      throw new ArgumentError(`expected { question, about }, got ${show(asked)}`);
    }
    const { question, about = {} } = asked as { readonly question?: unknown; readonly about?: unknown };
    return this.#source.ask(question as keyof Questions, about as never);
  }
}

/** The body of a request; null for one that is too long. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuse(response: ServerResponse, { status, error }: Refusal): void {
  // What is left of a body that is not wanted is not read.
  if (status === 413) response.setHeader("connection", "close");
  send(response, status, { error });
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
