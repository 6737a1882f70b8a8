/**
 * `millrace explore`: the program that a file exports or calls `main` with, under many schedules.
 *
 * Exit codes: 0 when nothing failed, 1 when something did or could not be explored, 2 for a command line that can't be
 * understood. What was found goes to standard output, the count of runs to standard error, if that is a terminal.
 */
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { ArgumentError } from "../runtime/panic.ts";
import { programs } from "../runtime/run.ts";
import { ExploreError } from "../testing/explore/errors.ts";
import { type ExploreOptions, explore as search } from "../testing/explore/explore.ts";
import { replay } from "../testing/explore/replay.ts";
import { findFile } from "./file.ts";

/** What the command line says. */
export interface ExploreFlags extends Omit<ExploreOptions, "signal" | "progress"> {
  /** The name under which the file exports the program. */
  readonly export?: string;
  /** A schedule to replay instead. */
  readonly replay?: string;
}

export async function explore(name: string, flags: ExploreFlags): Promise<void> {
  const file = findFile("explore", name);
  const { export: exported, replay: schedule, ...options } = flags;
  const program = await programOf(name, file, exported);
  try {
    if (schedule !== undefined) console.log(`${name}: returned ${inspect(await replay(schedule, program))}`);
    else console.log(`${name}: ${await explored(program, options)}`);
  } catch (error) {
    // A schedule that is none, or of another program.
    process.exitCode = error instanceof ArgumentError ? 2 : 1;
    clear();
    if (error instanceof ExploreError) {
      const again = `To run it again: millrace explore ${quoted(name)}${exported === undefined ? "" : ` --export ${exported}`} --replay ${error.schedule}`;
      console.log(`${name}: ${error.message.replace(/^To run it again: .*$/m, again)}`);
    } else console.error(`millrace explore: ${name}: ${error instanceof Error ? error.message : inspect(error)}`);
  }
}

async function explored(program: () => unknown, options: ExploreOptions): Promise<string> {
  const progress = new Progress();
  const { runs, complete, reduced, timers } = await search(program, { ...options, progress: progress.told });
  clear();
  const count = counted(runs);
  const time = timers === "idle" ? " (timers fire only when nothing else can happen; --timers any tries the rest)" : "";
  if (complete) {
    const which = reduced ? "every order of the steps that depend on each other" : "every schedule";
    return `no schedule fails: ${count}, ${which}${time}`;
  }
  const all = options.strategy === undefined || options.strategy === "exhaustive";
  const cut = all ? `${progress.left}; --runs cut the search off` : "";
  return `no failure in ${count}${cut}${time}`;
}

function counted(runs: number): string {
  return `${runs.toLocaleString("en")} run${runs === 1 ? "" : "s"}`;
}

/** Milliseconds between two lines about a search where no terminal shows how it goes on. */
const OFTEN = 10_000;

/** Says how a search goes on: on a terminal in one line, elsewhere now and then. */
class Progress {
  #next = performance.now() + OFTEN;
  #estimate: number | undefined;

  readonly told = (runs: number, estimate?: number): void => {
    this.#estimate = estimate;
    const line = `${counted(runs)}${this.left}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K`);
    else if (performance.now() >= this.#next) {
      this.#next += OFTEN;
      process.stderr.write(`millrace explore: ${line} so far\n`);
    }
  };

  /** How many runs the whole search may have, as far as that can be told. */
  get left(): string {
    return this.#estimate === undefined
      ? ""
      : ` of about ${Number(this.#estimate.toPrecision(1)).toLocaleString("en")}`;
  }
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

/** The program that `file` exports, or else what it calls `main` with, which is not run by that. */
async function programOf(name: string, file: string, exported: string | undefined): Promise<() => unknown> {
  const taken: (() => unknown)[] = [];
  programs.take = (program) => void taken.push(program);
  let module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  programs.take = null;
  // What a CommonJS module exports is the default export of the module that it becomes.
  const { default: inner } = module;
  if (typeof inner === "object" && inner !== null) module = { ...module, ...inner };
  const named = exported === undefined ? [module.default, module.program, ...taken] : [module[exported]];
  const found = named.find((each) => typeof each === "function");
  if (found !== undefined) return found as () => unknown;
  const functions = Object.keys(module).filter((key) => typeof module[key] === "function");
  const wanted =
    exported === undefined
      ? "no default export, none named program, and calls no main()"
      : `no function named ${exported}`;
  const others = functions.length === 0 ? "" : `; --export takes one of: ${functions.join(", ")}`;
  console.error(`millrace explore: ${name}: it has ${wanted}${others}`);
  throw new CommanderError(2, "millrace.program", wanted);
}

function quoted(name: string): string {
  return /^[\w./@-]+$/.test(name) ? name : JSON.stringify(name);
}
