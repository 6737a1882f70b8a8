/**
 * `millrace run`: the program runs in this very process, with tsx as its loader where it is installed, as if `node FILE`
 * had loaded TypeScript.
 *
 * Rejected: a child process, as tsx's own command has it. The terminal sends Ctrl-C to both processes, everyone else
 * sends signals to the parent alone, and the parent can't tell the two apart: it would deliver a signal twice, or not at
 * all. In one process the program gets its signals, standard streams and exit code from the host itself.
 */
import module, { createRequire } from "node:module";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommanderError } from "commander";
import { watchdog } from "../runtime/watchdog.ts";
import { findTsx, INSTALL, type Tsx, whyUnread } from "../threads/typescript.ts";
import { findFile } from "./file.ts";
import { isOurs, resolveSync } from "./resolve.ts";

/** What Node's loader of CommonJS has besides its public face; every tool that hooks into `require` stands on it. */
const loader = module as unknown as {
  _load(file: string, parent: null, isMain: boolean): unknown;
  _resolveFilename(request: string, ...more: unknown[]): string;
};

/** What `run` does besides running. */
export interface RunSettings {
  /** Seeds the program's `main`, which reads it from the environment. */
  readonly seed?: number;
  /** How many threads it gets: what `runtime.gomaxprocs` gives, which reads it from the environment. */
  readonly threads?: number;
  /** Where to record the program to; with `flight`, where its last stretch goes. */
  readonly trace?: string;
  /** How much of the program's end to keep for when it fails, in milliseconds. */
  readonly flight?: number;
  /** The port of the inspector, 0 for any; without one there is none. */
  readonly inspect?: number;
  /** Hold the program until a page looks on. */
  readonly inspectWait?: boolean;
  /** Hold it at its beginning, for somebody to step through it in the inspector. */
  readonly step?: boolean;
  /** Compile the program. */
  readonly compile?: boolean;
  /** Say at the end where the time went. */
  readonly profile?: boolean;
  /** The folder that Go's profiles are written to. */
  readonly profileOut?: string;
}

/** Runs `name` with `args`, and comes back when its module has been evaluated, if at all. */
export async function run(name: string, args: readonly string[], settings: RunSettings): Promise<void> {
  const file = findFile("run", name);
  // What follows FILE is the program's; the -- that may stand between them is the user's punctuation.
  const rest = args[0] === "--" ? args.slice(1) : args;
  process.argv.splice(1, Number.POSITIVE_INFINITY, file, ...rest);
  if (settings.seed !== undefined) process.env.MILLRACE_SEED = String(settings.seed);
  if (settings.threads !== undefined) process.env.MILLRACE_THREADS = String(settings.threads);

  if (settings.compile === true) {
    const { registerCompiler } = await import("./compile.ts");
    await registerCompiler("millrace run --compile");
  }
  if (settings.step === true) {
    const { stepThrough } = await import("./step.ts");
    await loadTypeScript("run", name);
    await stepThrough({ program: name, file, port: settings.inspect ?? 0, seed: settings.seed });
    return;
  }
  await loadTypeScript("run", name);
  await record(settings);
  if (settings.profile === true || settings.profileOut !== undefined) {
    const { profileAll } = await import("./profile.ts");
    profileAll(settings.profile === true, settings.profileOut);
  }
  await watch(name, settings);
  // They listen for signals: that must not make the program deaf to them, however busy it is from its first line on.
  await watchdog().started();
  await load(file);
}

async function record({ trace, flight }: RunSettings): Promise<void> {
  if (flight === undefined && trace === undefined) return;
  const { recordAll, recordFlight } = await import("./trace.ts");
  if (flight !== undefined) recordFlight(trace, flight);
  else if (trace !== undefined) recordAll(trace);
}

async function watch(program: string, { inspect: port, inspectWait: wait = false }: RunSettings): Promise<void> {
  if (port === undefined && !wait) return;
  const { inspect } = await import("./inspect.ts");
  await inspect({ program, port: port ?? 0, wait });
}

/**
 * Makes this process load the TypeScript of the program called `name`, and `millrace` where the program has none of its own.
 *
 * From now on the places in stacks of what is loaded are mapped to its sources, and the runtime tells its own frames from the
 * program's by the folder that it sees itself in: so a command loads all of it before, or nothing.
 */
export async function loadTypeScript(command: string, name: string): Promise<void> {
  const file = resolve(name);
  const tsx = findTsx(file);
  const why = tsx === null ? whyUnread(file) : null;
  if (why !== null) {
    console.error(`millrace ${command}: ${name}: ${why}`);
    throw new CommanderError(2, "millrace.typescript", why);
  }
  if (tsx !== null) {
    await tsx.register();
    // What child_process.fork starts is TypeScript too.
    process.execArgv.push("--import", tsx.loader);
  }
  resolveOurselves();
  explainSyntaxErrors(command, tsx);
}

/**
 * Loads `file` the way `node FILE` does: as an ES module or CommonJS, by its extension or its package.json; in CommonJS
 * `require.main` is it.
 *
 * None of our frames is below the program's: what follows is called by the event loop and awaits nothing of ours, so the
 * stack of an error that is thrown while it loads is the program's own, and so is the uncaught exception.
 */
function load(file: string): Promise<void> | undefined {
  const extension = extname(file);
  // Node itself knows only .mjs and .cjs.
  if (extension === ".mjs" || extension === ".mts") {
    return new Promise((done, fail) => void import(pathToFileURL(file).href).then(() => done(), fail));
  }
  if (extension === ".cjs" || extension === ".cts") setImmediate(loader._load, file, null, true);
  else setImmediate(module.runMain, file);
  return undefined;
}

/** Whether Node could not load a file that tsx can: TypeScript that is more than types to strip, or any at all. */
function isReadByTsx(error: Partial<Error & { readonly code: string }> | null): boolean {
  if (error?.code === "ERR_UNKNOWN_FILE_EXTENSION") return /"\.[cm]?tsx?"/.test(error.message ?? "");
  return error?.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
}

/** A program that can't be translated ends with the place and what is wrong there, not with the translator's frames. */
function explainSyntaxErrors(command: string, tsx: Tsx | null): void {
  process.on("uncaughtExceptionMonitor", (error: Partial<Error & { readonly code: string }> | null) => {
    if (tsx === null && isReadByTsx(error)) {
      console.error(`millrace ${command}: tsx reads what Node says below that it can't: ${INSTALL}`);
    }
    if (error?.name !== "TransformError") return;
    console.error(`millrace ${command}: ${error.message}`);
    if (error.code === "ERR_REQUIRE_ASYNC_MODULE") {
      console.error('Name the file .mts, or put "type": "module" into its package.json, to make it an ES module.');
    }
    process.exit(1);
  });
}

/** A program that has no `millrace` of its own, because the command is installed globally, gets this one. */
function resolveOurselves(): void {
  // Node 22.15 and later have hooks on the same thread, and warn of the older ones.
  const { registerHooks } = module as { registerHooks?(hooks: { resolve: typeof resolveSync }): void };
  if (registerHooks === undefined) module.register("./resolve.js", import.meta.url);
  else registerHooks({ resolve: resolveSync });
  const here = createRequire(import.meta.url);
  const before = loader._resolveFilename;
  loader._resolveFilename = function (request, ...more) {
    try {
      return before.call(this, request, ...more);
    } catch (error) {
      if (!isOurs(request) || (error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
      return here.resolve(request);
    }
  };
}
