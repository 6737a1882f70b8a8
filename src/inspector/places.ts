/**
 * Where in the program something happens that the runtime tells of: the program's frames below the listener.
 *
 * A stack as text takes 20 microseconds, of which most is the source maps. So frames are taken as the engine's objects,
 * and made into text once for each place. Where the engine has no such objects, or program and library are one file,
 * nothing is known.
 */

interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface Stacks {
  stackTraceLimit?: number;
  prepareStackTrace?: unknown;
}

/** Frames that are looked at; a few of them are the library's. */
const FRAMES = 16;
/** Frames of the program that tell places apart. */
const KEY = 3;
/** Places that are remembered. */
const MOST = 10_000;
/** Listener, and what called it: from here on frames are of the copy of the library that the program uses. */
const CALLER = 4;

/** The end of the path of one of the library's files. */
const LAYER = /((inspector|runtime|chan|select|time|context|sync|patterns|interop|threads|testing)\/)?[^/]*$/;

const asObjects = (_: unknown, sites: readonly CallSite[]): readonly CallSite[] => sites;

export class Places {
  readonly #known = new Map<string, readonly string[]>();
  readonly #folders = new Map<string, string>();
  /** Where copies of the library are. */
  readonly #library = new Set<string>();
  /** What the program's paths are shown without. */
  readonly #base: string;

  constructor(base = "") {
    this.#base = base;
  }

  /** The program's frames, innermost first. To be called by what the listener calls. */
  here(): readonly string[] {
    const stacks = Error as Stacks;
    const { stackTraceLimit, prepareStackTrace } = stacks;
    stacks.stackTraceLimit = FRAMES;
    stacks.prepareStackTrace = asObjects;
    const sites = new Error().stack as unknown as readonly CallSite[];
    stacks.prepareStackTrace = prepareStackTrace;
    let frames: readonly string[] = [];
    if (Array.isArray(sites)) {
      const [key, first] = this.#keyOf(sites as readonly CallSite[]);
      if (first > 0) {
        const known = this.#known.get(key);
        frames = known ?? this.#program(String(new Error().stack), first);
        if (known === undefined && this.#known.size < MOST) this.#known.set(key, frames);
      }
    }
    if (stackTraceLimit === undefined) delete stacks.stackTraceLimit;
    else stacks.stackTraceLimit = stackTraceLimit;
    return frames;
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
    for (let i = CALLER, n = 0; i < sites.length && n < KEY; i++) {
      const site = sites[i] as CallSite;
      const file = site.getFileName();
      if (typeof file !== "string" || file.startsWith("node:") || this.#library.has(this.#folderOf(site))) continue;
      if (first < 0) first = i;
      key += `${file}:${site.getLineNumber()}:${site.getColumnNumber()} `;
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
      folder = /\/(src|dist)\/$/.test(root) ? root : path;
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
