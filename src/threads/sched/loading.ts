/**
 * The program's modules on this thread, imported for the parallel functions in them.
 *
 * Such a module is often the program itself, whose top level starts the work. On the program's first thread that is what it
 * is for; here it is an import, and work that it starts would be done once more by every thread. So a parallel goroutine that
 * is started by the top level of a module, and a `run`, never ends here (`main` does nothing either): the module halts there,
 * and this thread serves the functions that were named before. Which code belongs to an import the host's async context says.
 *
 * An import that does not come to its end must not keep the jobs that wait for it: it can fail, halt as above, be stuck, which
 * is certain once this thread's event loop has run dry, or take long, which is told.
 *
 * Rejected: serving only once all modules are loaded (a program that awaits its jobs at the top level waits for the thread, and
 * the thread for the program).
 */
import { once } from "../../runtime/copies.ts";
import { builtin, type HostTimer, holdTimer, startTimer, stopTimer, writeError } from "../../runtime/host.ts";
import { isolate } from "../memory/isolate.ts";
import { IMPORTS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { pointerOf } from "../memory/names.ts";

/** After so many milliseconds an import is said to take long. */
const LONG = 5000;

interface Storage {
  run<T>(module: Loading, fn: () => T): T;
  getStore(): Loading | undefined;
  disable(): void;
}

type State = "loading" | "loaded" | "failed" | "halted" | "stuck";

class Loading {
  readonly url: string;
  state: State = "loading";
  /** What the import was rejected with. */
  error: unknown;
  /** Settles once it is known what becomes of it. */
  readonly done: Promise<void>;
  #settle!: () => void;
  readonly #long: HostTimer;

  constructor(url: string) {
    this.url = url;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#long = startTimer(() => this.#tellLong(), LONG);
    holdTimer(this.#long, false);
  }

  end(state: State, error?: unknown): void {
    // One that was halted or stuck may end all the same.
    if (this.state === "loading" && --under.way === 0) {
      memory.i32[memory.record + IMPORTS] = 0;
      isolate.hold(true);
    }
    this.state = state;
    this.error = error;
    stopTimer(this.#long);
    this.#settle();
  }

  #tellLong(): void {
    writeError(
      `millrace: thread ${memory.self} has been importing ${this.url} for ${LONG / 1000} s; its functions wait for that. ` +
        "What its top level awaits has to settle on every thread.\n",
    );
  }
}

const modules: Map<string, Loading> = once("modules", () => new Map<string, Loading>());
/** How many modules are on their way; how many imports have not come to their end, also of modules that halt. */
const under: { way: number; open: number; storage: Storage | null } = once("imports", () => ({
  way: 0,
  open: 0,
  storage: null,
}));

/** How a module is imported: by the host, if the program's own worker file does not know better. */
let bring = (url: string): unknown => import(/* @vite-ignore */ /* webpackIgnore: true */ url);

/** From now on `load` imports the program's modules. */
export function importWith(load: (url: string) => unknown): void {
  bring = load;
}

/** Imports a module of the program, once. Comes back when it is known what becomes of it; `fate` says what. */
export function load(url: string): Promise<void> {
  let module = modules.get(url);
  if (module === undefined) {
    module = new Loading(url);
    modules.set(url, module);
    begin(module);
  }
  return module.done;
}

function begin(module: Loading): void {
  under.way++;
  under.open++;
  memory.i32[memory.record + IMPORTS] = pointerOf(module.url);
  // So that it is seen when nothing is left that could bring the import on.
  isolate.hold(false);
  const start = async (): Promise<unknown> => bring(module.url);
  const { AsyncLocalStorage } = (builtin("node:async_hooks") ?? {}) as {
    readonly AsyncLocalStorage?: new () => Storage;
  };
  if (AsyncLocalStorage !== undefined) under.storage ??= new AsyncLocalStorage();
  const imported = under.storage === null ? start() : under.storage.run(module, start);
  const ended = (state: State, error?: unknown): void => {
    module.end(state, error);
    if (--under.open === 0) under.storage?.disable(); // it makes promises slower
  };
  imported.then(
    () => ended("loaded"),
    (error) => ended("failed", error),
  );
}

/** Whether any module is on its way. */
export function importing(): boolean {
  return under.way > 0;
}

/** Whether the code that runs now belongs to an import of this thread. If so, that module gets no further. */
export function halts(): boolean {
  if (under.open === 0) return false;
  const module = under.storage?.getStore();
  if (module?.state === "loading") module.end("halted");
  return module !== undefined;
}

/** This thread's event loop has run dry: what is still on its way never arrives. */
export function stuck(): void {
  for (const module of modules.values()) if (module.state === "loading") module.end("stuck");
}

/** What became of a module that this thread was to import; undefined of another. */
export function fate(url: string): { readonly state: State; readonly error: unknown } | undefined {
  return modules.get(url);
}

/** The modules that this thread was to import. */
export function imported(): Iterable<string> {
  return modules.keys();
}
