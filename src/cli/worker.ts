/**
 * `millrace worker`: a process that serves the parallel functions and handlers of the modules it is given, until it gets a
 * signal. The first SIGTERM or SIGINT drains it: nothing more is taken, what has begun may take `--drain` seconds, then its contexts
 * end and it is given back. The second ends it at once.
 *
 * Exit codes: 0 when it was drained, 1 when not, 2 for a command line that can't be understood or a client that is missing.
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CommanderError } from "commander";
import { chan } from "../chan/make.ts";
import { range } from "../chan/range.ts";
import type { Chan } from "../chan/types.ts";
import { connect, type Fleet, type RemoteFleet } from "../remote/fleet.ts";
import type { RedisClient } from "../remote/redis/client.ts";
import { redis } from "../remote/redis/index.ts";
import { sqlite } from "../remote/sqlite/index.ts";
import type { QueueStats, Transport } from "../remote/transport.ts";
import { exit } from "../runtime/host.ts";
import { wait } from "../runtime/promise.ts";
import { go, run } from "../runtime/run.ts";
import type { Go } from "../runtime/types.ts";
import { select } from "../select/select.ts";
import { findFile } from "./file.ts";

/** What the command line says. */
export interface WorkerFlags {
  /** The fleet's. */
  readonly name: string;
  readonly redis?: string;
  readonly sqlite?: string;
  readonly concurrency: number;
  readonly threads?: number;
  readonly groups?: readonly string[];
  readonly lease?: number;
  /** Seconds. */
  readonly drain: number;
  readonly health?: { readonly host: string; readonly port: number };
}

/** How far it is. Whether it still takes work is what `/ready` says. */
type Stage = "starting" | "serving" | "draining";

class State {
  stage: Stage = "starting";
  fleet: RemoteFleet | null = null;
  /** Gets the first signal. */
  readonly stop: Chan<NodeJS.Signals> = chan<NodeJS.Signals>(1);
}

const say = (text: string): void => console.error(`millrace worker: ${text}`);

function refuse(code: string, text: string): CommanderError {
  say(text);
  return new CommanderError(2, code, text);
}

export async function worker(names: readonly string[], flags: WorkerFlags): Promise<void> {
  const state = new State();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => signalled(state, signal, flags));
  const files = names.map((name) => findFile("worker", name));
  if (flags.threads !== undefined) process.env.MILLRACE_THREADS = String(flags.threads);
  const transport = await transportOf(flags);
  for (const file of files) await import(pathToFileURL(file).href);
  let code = 1;
  try {
    code = await run(() => serve(transport, state, flags));
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await exit(code);
}

function signalled(state: State, signal: NodeJS.Signals, { drain }: WorkerFlags): void {
  if (state.stage === "draining") {
    say(`${signal} again: ends at once`);
    process.exit(1);
  }
  if (state.stage === "starting") {
    say(`${signal} before it has begun`);
    process.exit(0);
  }
  state.stage = "draining";
  say(`${signal}: takes nothing more, and gives what it works on ${drain} s (again: ends at once)`);
  state.stop.trySend(signal);
}

async function transportOf({ redis: url, sqlite: path }: WorkerFlags): Promise<Transport> {
  if (path !== undefined) return sqlite(path);
  if (url === undefined) throw refuse("millrace.transport", "say where the fleet is: --redis URL or --sqlite PATH");
  if (!URL.canParse(url)) throw refuse("millrace.url", `--redis: expected a URL such as redis://127.0.0.1, got ${url}`);
  const require = createRequire(join(process.cwd(), "worker.js"));
  let found: string;
  try {
    found = require.resolve("ioredis");
  } catch {
    throw refuse("millrace.client", "--redis needs ioredis: npm install ioredis");
  }
  const { Redis } = (await import(pathToFileURL(found).href)) as {
    readonly Redis: new (url: string, options: object) => RedisClient;
  };
  return redis(() => new Redis(url, { maxRetriesPerRequest: null }));
}

function* serve(transport: Transport, state: State, flags: WorkerFlags): Go<number> {
  const { name, lease, concurrency, groups, drain, health } = flags;
  const fleet = yield* connect(transport, { name, lease });
  state.fleet = fleet as Fleet as RemoteFleet;
  const served = fleet.serve({ concurrency, groups }); // throws here when there is nothing to serve
  const serving = go(() => served);
  go(function* () {
    for (const error = range(fleet.errors); yield* error.next(); ) say(`${error.value.code}: ${error.value.message}`);
  });
  if (health !== undefined) say(`health at ${yield* wait(answer(state, health, concurrency))}`);
  state.stage = "serving";
  say(`serves fleet ${JSON.stringify(name)}, ${concurrency} calls at once; process ${process.pid}`);
  const first = yield* select({ stop: state.stop.recv(), ended: serving.join() });
  if (first.case === "ended") say("its queues are closed and empty, and there are no functions to serve");
  try {
    yield* fleet.drain({ timeout: drain * 1000 });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
  say("drained");
  return 0;
}

/** Answers `/live`, `/ready` and `/metrics`, and gives the address. */
async function answer(
  state: State,
  { host, port }: { readonly host: string; readonly port: number },
  concurrency: number,
): Promise<string> {
  const server = createServer((request, response) => {
    const respond = (status: number, text: string): void => {
      response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    };
    const path = request.url?.split("?", 1)[0];
    const takes = state.stage === "serving" && state.fleet?.up === true;
    if (request.method !== "GET" && request.method !== "HEAD") respond(405, "GET\n");
    else if (path === "/live") respond(200, "live\n");
    else if (path === "/ready") respond(takes ? 200 : 503, takes ? "ready\n" : `${state.stage}\n`);
    else if (path === "/metrics") void metrics(state.fleet, concurrency).then((text) => respond(200, text));
    else respond(404, "There are /live, /ready and /metrics.\n");
  });
  server.unref();
  await new Promise<void>((listening, failed) => {
    server.on("error", failed).listen(port, host, listening);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}

/** How long a server may take to say what is in its queues, in milliseconds. */
const PATIENCE = 2000;

const GAUGES: readonly (readonly [name: string, help: string, of: (stats: QueueStats) => number])[] = [
  ["millrace_ready", "Messages and calls that can be begun now.", ({ ready }) => ready],
  ["millrace_oldest_seconds", "The age of the oldest of them.", ({ oldest }) => oldest / 1000],
  ["millrace_leased", "Those that a process of the fleet has.", ({ leased }) => leased],
  ["millrace_delayed", "Those that wait for their time.", ({ delayed }) => delayed],
  ["millrace_dead", "Dead letters.", ({ dead }) => dead],
];

/** In the text format of Prometheus. */
async function metrics(fleet: RemoteFleet | null, concurrency: number): Promise<string> {
  const served = fleet?.served() ?? [];
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE).unref());
  const stats = await Promise.all(
    served.map(({ link }) => {
      const told = new Promise<QueueStats | undefined>((resolve) =>
        link.question("stats", undefined, resolve, () => resolve(undefined)),
      );
      return Promise.race([told, late]);
    }),
  );
  const capacity = served.reduce((sum, { link }) => sum + link.workers, concurrency);
  const inUse = served.reduce((sum, { link }) => sum + link.inHand, 0);
  const lines = [
    ...gauge("millrace_capacity", "How many calls and messages this process works on at most.", [["", capacity]]),
    ...gauge("millrace_in_use", "How many it works on now.", [["", inUse]]),
  ];
  for (const [name, help, of] of GAUGES) {
    const values = served.flatMap(({ label }, i) => {
      const each = stats[i];
      return each === undefined ? [] : [[label, of(each)] as const];
    });
    lines.push(...gauge(name, help, values));
  }
  return `${lines.join("\n")}\n`;
}

function gauge(name: string, help: string, values: readonly (readonly [label: string, value: number])[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(([label, value]) => `${name}${label} ${value}`),
  ];
}
