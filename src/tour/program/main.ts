/**
 * The thread that a program of the tour runs in: it can be ended from outside, whatever it does. It loads the program, runs
 * it as `millrace run` does or holds it under the stepper, and answers what the inspector's panels ask.
 */
import type { Source } from "../../inspector/protocol.ts";
import { Held } from "../../inspector/stepper/source.ts";
import type { Stepped } from "../../inspector/stepper/stepper.ts";
import { type Watch, watch } from "../../inspector/watch.ts";
import type { RunOptions } from "../../runtime/options.ts";
import { report } from "../../runtime/report.ts";
import { newRun, programs } from "../../runtime/run.ts";
import { allowDeepStacks } from "../../runtime/traceback.ts";
import { compile, FILE } from "./compile.ts";
import { captureConsole } from "./console.ts";
import { DryWatch } from "./dry.ts";
import type { FromProgram, ToProgram } from "./messages.ts";

/** The library's files beside this one, by the names that programs import. The build knows them. */
declare const LIBRARY: Readonly<Record<string, string>>;

interface Scope {
  onmessage: ((event: { readonly data: ToProgram }) => void) | null;
  postMessage(message: FromProgram): void;
  readonly location: { readonly href: string };
}

const scope = globalThis as unknown as Scope;
const tell = (message: FromProgram): void => scope.postMessage(message);

const library: ReadonlyMap<string, string> = new Map(
  Object.entries(LIBRARY).map(([name, file]) => [name, new URL(file, scope.location.href).href]),
);

/** Output that is on its way: a program that prints in a loop sends a message a slice, not one a line. */
let output = "";
function write(text: string): void {
  if (output === "") queueMicrotask(flush);
  output += text;
}
function flush(): void {
  if (output !== "") tell({ kind: "output", text: output });
  output = "";
}

function ended(code: number): void {
  flush();
  tell({ kind: "ended", code });
}

/** Imports `script` as a module of its own, and gives what it has called `main` with. */
async function load(script: string): Promise<Stepped | null> {
  const taken: Stepped[] = [];
  programs.take = (program, options) => void taken.push({ program, options });
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    await import(/* @vite-ignore */ address);
  } finally {
    URL.revokeObjectURL(address);
  }
  return taken[0] ?? null;
}

async function runIt(script: string): Promise<Source> {
  captureConsole(write);
  allowDeepStacks();
  const dry = new DryWatch();
  // What the library makes for itself when it is loaded is not the program's.
  for (const address of library.values()) if (script.includes(address)) await import(/* @vite-ignore */ address);
  const source = watch({ program: FILE });
  try {
    const stepped = await load(script);
    if (stepped === null) throw new Error(`${FILE} calls no main()`);
    start(stepped.program, stepped.options ?? {}, source, dry);
  } catch (error) {
    write(`${error instanceof Error ? (error.stack ?? error) : String(error)}\n`);
    source.stop("it could not be loaded");
    ended(1);
  }
  return source;
}

/** What `main` does in a process. */
function start(program: () => unknown, options: RunOptions, source: Watch, dry: DryWatch): void {
  const p = newRun(options);
  p.start(program as never, (outcome) => {
    if (!outcome.ok) write(report(outcome.error, outcome.g));
    const text = outcome.ok ? "" : String((outcome.error as Partial<Error> | null)?.message ?? outcome.error);
    source.stop(text.split("\n", 1)[0]);
    ended(outcome.ok ? 0 : 2);
  });
  dry.watch(p);
}

async function holdIt(script: string): Promise<Source> {
  return new Held({
    program: FILE,
    capture: captureConsole,
    load: async () => {
      const stepped = await load(script);
      if (stepped === null) throw new Error(`${FILE} calls no main()`);
      return stepped;
    },
  }).start();
}

let source: Promise<Source> | null = null;

async function begin({ code, stepping }: ToProgram & { readonly kind: "start" }): Promise<Source> {
  try {
    const script = await compile(code, library);
    const begun = stepping ? await holdIt(script) : await runIt(script);
    tell({ kind: "started" });
    return begun;
  } catch (error) {
    write(`${error instanceof Error ? error.message : String(error)}\n`);
    ended(1);
    throw error;
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === "start") {
    source = begin(data);
    source.catch(() => {}); // it was told
    return;
  }
  const { n, question, about } = data;
  Promise.resolve(source)
    .then((begun) => begun?.ask(question, about as never))
    .then(
      (answer) => tell({ kind: "answer", n, answer }),
      (error: unknown) => tell({ kind: "refusal", n, error: error instanceof Error ? error.message : String(error) }),
    );
};
