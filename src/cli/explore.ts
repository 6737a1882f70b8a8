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
  const progress = (runs: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${runs.toLocaleString("en")} runs`);
  };
  const { runs, complete, reduced } = await search(program, { ...options, progress });
  clear();
  const count = `${runs.toLocaleString("en")} run${runs === 1 ? "" : "s"}`;
  if (!complete) return `no failure in ${count}`;
  return `no schedule fails: ${count}, ${reduced ? "every order of the steps that depend on each other" : "every schedule"}`;
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
