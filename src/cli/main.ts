#!/usr/bin/env node
/**
 * The command `millrace`.
 *
 * Exit codes: what the program says, once it runs; 2 for a command line that can't be understood, as the commands of Go.
 */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { run } from "./run.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

const USAGE = 2;

interface RunFlags {
  readonly seed?: number;
}

function wholeNumber(text: string): number {
  const n = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(n)) throw new InvalidArgumentError("Expected a whole number.");
  return n;
}

function commandLine(): Command {
  const program = new Command("millrace")
    .description("Go's concurrency for TypeScript.")
    .version(version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .enablePositionalOptions()
    .showHelpAfterError("Try: millrace --help")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "millrace: ")) })
    .exitOverride();
  program
    .command("run")
    .description("run a TypeScript or JavaScript program")
    .argument("<file>", "the program: .ts, .mts, .cts, .tsx, .js, .mjs or .cjs")
    .argument("[args...]", "passed to the program; put -- before them if you like")
    .option("--seed <n>", "seed main(): every choice the runtime makes is the same each time", wholeNumber)
    .passThroughOptions()
    .showHelpAfterError("Try: millrace run --help")
    .action((file: string, args: string[], flags: RunFlags) => run(file, args, flags));
  return program;
}

try {
  await commandLine().parseAsync();
} catch (error) {
  // Commander has written what there is to say; only a request for help or the version is no mistake.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : USAGE;
}
