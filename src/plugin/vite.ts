/**
 * Vite: what Rollup does where it builds; where it serves, a thread gets the modules that the program has, from the server.
 *
 * In a page it imports them by their URLs, as the page does. On Node (a server that is developed, tests of Vitest) the program's
 * modules are in no file: Vite makes them, with its aliases and plug-ins, in a process that may be another. A thread asks it
 * through a socket, and evaluates what it gets with Vite's own runner.
 *
 * Rejected: asking through the program's thread, which may be busy and knows nothing of a runner that Vitest has in its stead.
 */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError } from "../runtime/panic.ts";
import type { Bundler } from "./bundler.ts";
import { ownFile, starter } from "./files.ts";
import { rollup, THREAD } from "./rollup.ts";
import { type Answer, type Asked, type Place, receive, send, WHERE } from "./vite-link.ts";

interface Environment {
  readonly name: string;
  readonly mode?: string;
  readonly hot?: { handleInvoke(payload: unknown): Promise<Answer> };
}

interface Config {
  readonly command: "build" | "serve";
  readonly base: string;
  readonly root: string;
  /** Vitest's. */
  readonly test?: {
    readonly server?: { readonly deps?: { readonly inline?: true | readonly (string | RegExp)[] } };
  };
}

/** A question of Vite's runner of modules. */
interface Question {
  readonly data?: { readonly name?: unknown; readonly data?: readonly unknown[] };
}

interface DevServer {
  readonly environments: Readonly<Record<string, Environment>>;
}

/** What Vite is told in its configuration. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export function vite({ isolate = false }: { readonly isolate?: boolean | undefined }): Bundler {
  const building = rollup();
  let config: Config | undefined;
  let server: DevServer | undefined;
  let door: Door | undefined;

  /** What starts a thread of a program that is served: of a page, or on Node. */
  const served = (server: DevServer, config: Config, environment: Environment): string => {
    const { base, root } = config;
    door ??= new Door(server, config);
    const place: Place = {
      socket: door.path,
      environment: environment.name,
      runner: runnerOf(root),
    };
    const file = JSON.stringify(pathToFileURL(ownFile("plugin/vite-thread.js")).href);
    const options = `{ ...options, workerData: { ${JSON.stringify(WHERE)}: ${JSON.stringify(place)} } }`;
    const browser = JSON.stringify(`${base}@id/__x00__${THREAD}`);
    return starter({ node: `new URL(${file})`, options, browser });
  };

  return {
    wiring(context, id) {
      const { environment } = context as { readonly environment?: Environment };
      if (config?.command !== "serve" || server === undefined || environment === undefined) {
        return building.wiring(context, id);
      }
      return { url: "import.meta.url", worker: served(server, config, environment) };
    },
    hooks: {
      ...building.hooks,
      vite: {
        ...building.hooks.vite,
        config: () => (isolate ? { server: { headers: ISOLATED }, preview: { headers: ISOLATED } } : {}),
        configResolved(resolved: unknown) {
          config = resolved as Config;
        },
        configureServer(started: unknown) {
          server = started as DevServer;
        },
        buildEnd() {
          door?.close();
          door = undefined;
        },
      },
    },
  };
}

/** The URL of Vite's runner of modules. A project that has Vitest alone may see no Vite of its own. */
function runnerOf(root: string): string {
  const project = createRequire(join(root, "package.json"));
  const tries = [() => project, () => createRequire(project.resolve("vitest/package.json"))];
  for (const each of tries) {
    try {
      return pathToFileURL(each().resolve("vite/module-runner")).href;
    } catch {}
  }
  throw new ArgumentError(
    `millrace/plugin: there is no vite/module-runner to be found from ${root}; install vite 6 or later there`,
  );
}

/** Where threads ask for the modules of a program that is served. */
class Door {
  readonly path: string =
    process.platform === "win32"
      ? `\\\\.\\pipe\\millrace-${randomUUID()}`
      : join(tmpdir(), `millrace-${randomUUID()}.sock`);
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor({ environments }: DevServer, config: Config) {
    this.#server = createServer((socket) => {
      this.#open.add(socket.unref());
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => socket.destroy());
      receive<Asked>(socket, async ({ n, environment, payload }) => {
        const answer =
          external(payload as Question, config) ?? (await environments[environment]?.hot?.handleInvoke(payload));
        send(socket, { n, answer: answer ?? { error: { message: `Vite has no environment ${environment}` } } });
      });
    });
    this.#server.listen(this.path).unref();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }
}

/** The answer for a module that Node imports itself in tests, as Vitest has it: one of a package, if it is not to be inlined. */
function external({ data: { name, data = [] } = {} }: Question, { test, root }: Config): Answer | null {
  const [id] = data;
  if (test === undefined || name !== "fetchModule" || typeof id !== "string") return null;
  if (!/\/node_modules\/.*\.[cm]?js$/.test(id)) return null;
  const inline = test.server?.deps?.inline ?? [];
  const inlined = (each: string | RegExp): boolean =>
    typeof each === "string" ? id.includes(`/node_modules/${each}/`) : each.test(id);
  if (inline === true || inline.some(inlined)) return null;
  // As a page would have it: from the root of the project, or from that of the machine.
  const file = id.startsWith("/@fs/") ? id.slice("/@fs".length) : id.startsWith(root) ? id : join(root, id);
  return { result: { externalize: pathToFileURL(file).href, type: "module" } };
}
