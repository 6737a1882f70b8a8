/**
 * Where in the program something happens that the runtime tells of: the program's frames below the listener.
 *
 * A stack as text takes 20 microseconds, of which most is the source maps. So frames are taken as the engine's objects,
 * and made into text once for each place. Where the engine has no such objects, or program and library are one file,
 * nothing is known.
 */

interface CallSite {
  getFileName(): string | null | undefined;
  getPosition(): number;
}

interface Stacks {
  stackTraceLimit?: number;
  prepareStackTrace?: unknown;
  captureStackTrace?(into: object, above: (...args: never[]) => unknown): void;
}

/** Frames of the library that are looked at besides those of the program: each takes half a microsecond. */
const FRAMES = 6;
/** And where those are all the library's. */
const MORE_FRAMES = 30;
/** Places that are remembered. */
const MOST = 10_000;
/** What calls the listener, in this copy of the library: then come frames of the copy that the program uses. */
const CALLER = 1;

/** The end of the path of one of the library's files. */
const LAYER = /((inspector|runtime|chan|select|time|context|sync|patterns|interop|threads|testing)\/)?[^/]*$/;

/** A place in the program: a number, and its frames, innermost first. */
export interface Place {
  readonly n: number;
  readonly frames: readonly string[];
}

const NOWHERE: Place = { n: 0, frames: [] };

function taken(listener: (...args: never[]) => unknown): unknown {
  const into: { stack?: unknown } = {};
  (Error as Stacks).captureStackTrace?.(into, listener);
  return into.stack;
}

const asObjects = (_: unknown, sites: readonly CallSite[]): readonly CallSite[] => sites;

export class Places {
  readonly #places = new Map<string, Place>();
  #last = 0;
  readonly #folders = new Map<string, string>();
  /** Where copies of the library are. */
  readonly #library = new Set<string>();
  /** What the program's paths are shown without. */
  readonly #base: string;
  /** Frames of the program that tell places apart, and are all that is known of each. */
  readonly #depth: number;

  constructor(base = "", depth = 2) {
    this.#base = base;
    this.#depth = depth;
  }

  /** Where the program is now; number 0 if nobody knows. `listener` was called by the runtime, and has called this. */
  here(listener: (...args: never[]) => unknown): Place {
    const stacks = Error as Stacks;
    if (stacks.captureStackTrace === undefined) return NOWHERE;
    const { stackTraceLimit, prepareStackTrace } = stacks;
    let place: Place | null = null;
    try {
      for (const limit of [FRAMES + this.#depth, MORE_FRAMES]) {
        stacks.stackTraceLimit = limit;
        stacks.prepareStackTrace = asObjects;
        const sites = taken(listener) as readonly CallSite[];
        stacks.prepareStackTrace = prepareStackTrace;
        if (!Array.isArray(sites)) return NOWHERE;
        place = this.#known(sites, listener);
        if (place !== null || sites.length < limit) break;
      }
    } finally {
      stacks.prepareStackTrace = prepareStackTrace;
      if (stackTraceLimit === undefined) delete stacks.stackTraceLimit;
      else stacks.stackTraceLimit = stackTraceLimit;
    }
    return place ?? NOWHERE;
  }

  /** A place that may have been seen before; null where no frame is the program's. */
  #known(sites: readonly CallSite[], listener: (...args: never[]) => unknown): Place | null {
    const [key, first] = this.#keyOf(sites);
    if (first < 0) return null;
    let place = this.#places.get(key);
    if (place === undefined) {
      if (this.#places.size >= MOST) return NOWHERE;
      place = { n: ++this.#last, frames: this.#program(String(taken(listener)), first).slice(0, this.#depth) };
      this.#places.set(key, place);
    }
    return place;
  }

  /** Whether a place in a stack is in the library. */
  isLibrary(place: string): boolean {
    for (const folder of this.#library) if (place.startsWith(folder)) return true;
    return false;
  }

  /** A path as it is shown. */
  shown(place: string): string {
    return this.#base !== "" && place.startsWith(this.#base) ? place.slice(this.#base.length) : place;
  }

  /** What tells the place apart, and the number of the first frame of the program; -1 if there is none. */
  #keyOf(sites: readonly CallSite[]): [string, number] {
    this.#library.add(this.#folderOf(sites[0]));
    this.#library.add(this.#folderOf(sites[CALLER]));
    let first = -1;
    let key = "";
    for (let i = CALLER, n = 0; i < sites.length && n < this.#depth; i++) {
      const site = sites[i] as CallSite;
      const file = site.getFileName();
      if (typeof file !== "string" || file.startsWith("node:") || this.#library.has(this.#folderOf(site))) continue;
      if (first < 0) first = i;
      key += `${file}:${site.getPosition()} `;
      n++;
    }
    return [key, first];
  }

  /** The folder that all files of the library are in which the file of `site` is of; else the file itself. */
  #folderOf(site: CallSite | undefined): string {
    const file = site?.getFileName() ?? "";
    let folder = this.#folders.get(file);
    if (folder === undefined) {
      const path = pathOf(file);
      const root = path.replace(LAYER, "");
      folder = /\/(src|dist|library)\/$/.test(root) ? root : path;
      if (this.#folders.size < MOST) this.#folders.set(file, folder);
    }
    return folder;
  }

  #program(stack: string, first: number): string[] {
    const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
    return lines
      .slice(first)
      .map((line) => /^\s+at (?:async )?(?:(.+?) \((.+:\d+:\d+)\)|(.+:\d+:\d+))$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => ({ name: match[1] ?? "", place: pathOf(match[2] ?? match[3] ?? "") }))
      .filter(({ place }) => !place.startsWith("node:") && !this.isLibrary(place))
      .map(({ name, place }) => frameText(name, this.shown(place)));
  }
}

/** A frame as the engine shows it. */
export function frameText(name: string, place: string): string {
  return name === "" ? place : `${name} (${place})`;
}

export function pathOf(place: string): string {
  if (!place.startsWith("file://")) return place;
  try {
    return decodeURIComponent(place.slice("file://".length));
  } catch {
    return place;
  }
}

/** FILE:LINE out of a frame, `name (FILE:LINE:COLUMN)` or `FILE:LINE:COLUMN`. */
export function lineOf(frame: string): string {
  const place = frame.endsWith(")") ? frame.slice(frame.lastIndexOf("(") + 1, -1) : frame;
  return /^(.+?:\d+)(?::\d+)?$/.exec(place)?.[1] ?? place;
}

/** The frames of a stack as Go prints it, those of the library left out. */
export function framesOf(stack: string, places: Places): string[] {
  const frames: string[] = [];
  const lines = stack.split("\n");
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const place = (lines[i + 1] ?? "").trim();
    if (!places.isLibrary(place)) frames.push(frameText((lines[i] ?? "").replace(/\(\)$/, ""), places.shown(place)));
  }
  return frames;
}
