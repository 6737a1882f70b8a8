/**
 * The command line of `millrace`: what may stand on it, and what is done then.
 */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ExploreFlags } from "./explore.ts";
import type { RunSettings } from "./run.ts";
import type { WorkerFlags } from "./worker.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

const USAGE = 2;

interface RunFlags {
  readonly seed?: number;
  readonly threads?: number;
  readonly trace?: string;
  readonly flight?: number;
  readonly inspect?: true;
  readonly inspectPort?: number;
  readonly inspectWait?: boolean;
  readonly step?: boolean;
  readonly compile?: true;
  readonly profile?: boolean;
  readonly profileOut?: string;
}

function wholeNumber(text: string): number {
  const n = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(n)) throw new InvalidArgumentError("Expected a whole number.");
  return n;
}

function positive(text: string): number {
  const n = wholeNumber(text);
  if (n < 1) throw new InvalidArgumentError("Expected a whole number from 1 up.");
  return n;
}

function threadCount(text: string): number {
  const n = wholeNumber(text);
  if (n < 1 || n > 255) throw new InvalidArgumentError("Expected a whole number from 1 to 255.");
  return n;
}

function portNumber(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError("Expected a port, from 0 to 65535.");
  return port;
}

/**
 * Our options may stand before the file or right behind it, as in `millrace run FILE --seed 1`; from the first other
 * argument on, or `--`, all is the program's. Puts them before the file.
 *
 * A value that may be left out would take the file for itself, so as the command of Node has it, `--inspect=PORT` is the
 * only way to give one.
 */
function oursFirst(args: readonly string[], run: Command): string[] {
  if (args[0] !== "run") return [...args];
  const optionsEnd = (from: number, isOurs: (arg: string) => boolean): number => {
    let at = from;
    for (; args[at] !== undefined && args[at] !== "--" && isOurs(args[at] as string); at++) {
      if (run.options.some((option) => option.long === args[at] && option.required)) at++;
    }
    return Math.min(at, args.length);
  };
  const isKnown = (arg: string): boolean => run.options.some(({ long }) => arg.split("=", 1)[0] === long);
  // As commander has it, "-" and a number are no options.
  const file = optionsEnd(1, (arg) => /^-[^\d.]/.test(arg));
  const end = optionsEnd(file + 1, isKnown);
  const ours = [...args.slice(1, file), ...args.slice(file + 1, end)];
  // One that lacks its value must not take the file for it.
  const lacking = end > file + 1 && run.options.some(({ long, required }) => required && long === ours.at(-1));
  return [
    "run",
    ...ours.map((arg) => arg.replace(/^--inspect=/, "--inspect-port=")),
    ...(lacking ? [] : args.slice(file, file + 1)),
    ...args.slice(end),
  ];
}

function seconds(text: string): number {
  const n = Number(text);
  if (text.trim() === "" || !(n >= 0)) throw new InvalidArgumentError("Expected seconds, from 0 up.");
  return n;
}

/** A port of this machine, or of the address before it. */
function address(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(":");
  const host = text.slice(0, Math.max(0, at)).replace(/^\[(.*)\]$/, "$1");
  return { host: host === "" ? "127.0.0.1" : host, port: portNumber(text.slice(at + 1)) };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
function duration(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError("Expected a duration such as 500ms, 30s or 2m.");
  return ms;
}

/** What the commands do. */
export interface Actions {
  run(file: string, args: readonly string[], settings: RunSettings): Promise<void>;
  inspect(trace: string, flags: { readonly port: number }): Promise<void>;
  explore(file: string, flags: ExploreFlags): Promise<void>;
  worker(files: readonly string[], flags: WorkerFlags): Promise<void>;
  tour(port: number): Promise<void>;
}

const port = (): Option =>
  new Option("--port <port>", "the port of this machine to serve the page on")
    .argParser(portNumber)
    .default(0, "any that is free");

function commandLine(actions: Actions): Command {
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
    .argument(
      "[args...]",
      "passed to the program; put -- before them if they could be taken for options of this command",
    )
    .option("--seed <n>", "seed main(): every choice the runtime makes is the same each time", wholeNumber)
    .option("--threads <n>", "the most threads that parallel functions run on; 1: the program's own", threadCount)
    .option("--trace <file>", "record the program into a trace that Perfetto and Chrome open")
    .option(
      "--flight <duration>",
      "keep the last stretch, such as 30s, and write it when the program fails or gets a signal: to the file of --trace, else to millrace-flight-PID.json",
      duration,
    )
    .option("--profile", "say at the end where the time went: by goroutine function, line, channel and lock")
    .option(
      "--profile-out <folder>",
      "write Go's profiles there, for go tool pprof: goroutine.pb.gz, block.pb.gz, mutex.pb.gz and cpu.pb.gz",
    )
    .option("--compile", "compile the program: operations that are done at once cost less")
    .option("--inspect", "watch the program in a page, whose URL is printed; --inspect=PORT for a port of your choice")
    .addOption(new Option("--inspect-port <port>").argParser(portNumber).hideHelp())
    .option("--inspect-wait", "the same, and hold the program until the page is open")
    .addOption(
      new Option(
        "--step",
        "hold the program at its beginning and step through it in a page, whose URL is printed",
      ).conflicts(["trace", "flight"]),
    )
    .passThroughOptions()
    .showHelpAfterError("Try: millrace run --help")
    .action((file: string, args: string[], { inspect, inspectPort, ...flags }: RunFlags) =>
      actions.run(file, args, {
        ...flags,
        ...((inspect || inspectPort !== undefined) && { inspect: inspectPort ?? 0 }),
      }),
    );
  program
    .command("inspect")
    .description("open a recorded trace in the inspector's page")
    .argument("<trace>", "what millrace run --trace or --flight has written")
    .addOption(port())
    .showHelpAfterError("Try: millrace inspect --help")
    .action((file: string, flags: { readonly port: number }) => actions.inspect(file, flags));
  program
    .command("explore")
    .description("run a program under many schedules, to find one under which it fails")
    .argument(
      "<file>",
      "the program: what it exports as default or under the name program, else what it calls main() with",
    )
    .option("--export <name>", "the name under which the file exports it")
    .addOption(
      new Option("--strategy <name>", "which schedules are tried")
        .choices(["exhaustive", "random", "pct"])
        .default("exhaustive"),
    )
    .option("--runs <n>", "how many runs at most (default: 100000, else 10000)", positive)
    .option("--seed <n>", "what chance follows from (default: 1)", wholeNumber)
    .option("--max-steps <n>", "steps after which a run counts as endless (default: 10000)", positive)
    .option("--depth <n>", "for pct: steps that must come in a certain order (default: 3)", positive)
    .addOption(
      new Option("--timers <when>", "when timers fire: once nothing else can happen, or at any time")
        .choices(["idle", "any"])
        .default("idle"),
    )
    .option("--no-leaks", "goroutines that are left at the end are no failure")
    .option("--no-reduce", "try also schedules that only reorder independent steps")
    .option("--replay <schedule>", "run this one schedule, which was found before")
    .showHelpAfterError("Try: millrace explore --help")
    .action((file: string, flags: ExploreFlags) => actions.explore(file, flags));
  program
    .command("worker")
    .description("work for a fleet: on the parallel functions and the handlers of queues that the files have")
    .argument("<files...>", "modules: TypeScript or JavaScript")
    .requiredOption("--name <fleet>", "the name of the fleet")
    .addOption(new Option("--redis <url>", "the fleet is in Redis, through ioredis").conflicts("sqlite"))
    .option("--sqlite <path>", "the fleet is in a file, for the processes of this machine")
    .option("--concurrency <n>", "how many calls at once; handlers have their own number", positive, 8)
    .option("--threads <n>", "the most threads that parallel functions run on; 1: the first one", threadCount)
    .option("--groups <names>", "the groups whose calls it takes, as in a,b (default: calls without a group)", (text) =>
      text.split(","),
    )
    .option("--lease <duration>", "the fleet's lease, the same for all its processes (default: 30s)", duration)
    .option("--drain <seconds>", "how long what has begun may take after a signal", seconds, 30)
    .option(
      "--health <[host:]port>",
      "answer /live, /ready and /metrics (Prometheus) there; on 127.0.0.1 unless a host is given; 0: any free port",
      address,
    )
    .showHelpAfterError("Try: millrace worker --help")
    .action((files: string[], flags: WorkerFlags) => actions.worker(files, flags));
  program
    .command("tour")
    .description("serve a tour of lessons, with programs to edit, run and step through in the browser")
    .addOption(port())
    .showHelpAfterError("Try: millrace tour --help")
    .action(({ port }: { readonly port: number }) => actions.tour(port));
  return program;
}

/** Does what `args` say. Gives the exit code where that is no more than to say something. */
export async function command(args: readonly string[], actions: Actions): Promise<number | undefined> {
  try {
    const line = commandLine(actions);
    const run = line.commands.find((each) => each.name() === "run") as Command;
    await line.parseAsync(oursFirst(args, run), { from: "user" });
    return undefined;
  } catch (error) {
    // Commander has written what there is to say; only a request for help or the version is no mistake.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
}
