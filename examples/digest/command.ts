/** The command line. Exit code 2 is for one that can't be understood, or a folder or listing that can't be read. */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError } from "commander";

const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

/** Exit codes. */
export const USAGE = 2;
export const INTERRUPTED = 130;

/** What is asked for. */
export interface Request {
  /** The folder to digest. */
  readonly folder: string;
  /** The listing to verify, instead; `-` is standard input. */
  readonly check?: string;
  /** How many goroutines hash. */
  readonly jobs: number;
  /** How many threads they run on. */
  readonly threads: number;
  /** Whether a malformed line of the listing is a failure. */
  readonly strict: boolean;
}

/** Understands the arguments, or says what is wrong with them, or prints the help, and gives the exit code. */
export function parseCommand(args: readonly string[]): Request | number {
  const command = new Command("digest")
    .description(
      "Prints the SHA-256 of every file under a folder, as sha256sum does, sorted by path in byte order (LC_ALL=C).\n" +
        "Links are not followed, special files are skipped. The figures are on standard error.",
    )
    .argument("[folder]", "the folder", ".")
    .option("-c, --check <listing>", "verify the files of a listing instead; - is standard input")
    .option("-j, --jobs <n>", "how many goroutines hash", positive, 2 * availableParallelism())
    .option("-t, --threads <n>", "how many threads they run on", positive, availableParallelism())
    .option("--strict", "with --check: a malformed line is a failure", false)
    .version(version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText(
      "after",
      "\nExit code: 0 if all went well, 1 if a file could not be read or does not match,\n" +
        "2 if the arguments make no sense, 130 after Ctrl-C, which prints no listing.",
    )
    .allowExcessArguments(false)
    .showHelpAfterError("Try: digest --help")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "digest: ")) })
    .exitOverride();
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
  return { folder: command.args[0] ?? ".", ...command.opts<Omit<Request, "folder">>() };
}

function positive(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(n) || n < 1) {
    throw new InvalidArgumentError("Expected a whole number from 1 up.");
  }
  return n;
}
