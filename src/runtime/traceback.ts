/**
 * Where goroutines stand, read by probing (see `op.ts`), and the dump in Go's format.
 *
 *     goroutine 7 [chan receive]: channel "results"
 *     worker()
 *     	/src/pool.ts:12:20
 *     created by main in goroutine 1
 */

import type { AsyncWaiter } from "./async.ts";
import type { G } from "./g.ts";
import { wall } from "./host.ts";
import { m } from "./m.ts";
import type { Operation } from "./op.ts";
import { FatalError, Panic } from "./panic.ts";
import type { P } from "./proc.ts";
import { Gnew, Gretry, Grunning, Gwaiting } from "./status.ts";
import { casesOf, performerOf, reasonOf, thingOf } from "./thing.ts";
import type { GoroutineInfo } from "./types.ts";

interface Frame {
  readonly name: string;
  readonly place: string;
  /** The whole of it, as the host writes it. */
  readonly line: string;
}

/** Frames of a V8 stack, outermost last: those that have a place in a file. */
function frames(stack: string): Frame[] {
  const found: Frame[] = [];
  for (const line of stack.split("\n")) {
    const match = /^\s+at (?:async )?(?:(.+?) \((.+:\d+:\d+)\)|(.+:\d+:\d+))$/.exec(line);
    if (match !== null) found.push({ name: match[1] ?? "", place: pathOf(match[2] ?? match[3] ?? ""), line });
  }
  return found;
}

function pathOf(place: string): string {
  if (!place.startsWith("file://")) return place;
  try {
    return decodeURIComponent(place.slice("file://".length));
  } catch {
    return place;
  }
}

/**
 * The folder that this library's files are in, to tell its frames from the program's. Asked anew each time, because
 * source maps, and with them the places in stacks, can be switched on while the program runs.
 */
function ownFolder(): string {
  return (frames(new Error().stack ?? "")[0]?.place ?? "").replace(/(runtime\/)?[^/]*$/, "");
}

/**
 * What is the same for all goroutines of a dump, found out for the first of them: it takes longer than to resume a goroutine
 * and read its stack. Its goroutines must all be described by one function.
 */
interface Dump {
  own?: string;
  /** How many frames lie below the probe. */
  below?: number;
}

/** Whether library and program are one file, where places can't tell them apart. */
let bundled: boolean | null = null;

/** Finds that out: `from` is a function of the library, called by the program. */
export function learnPlaces(from: (...args: never[]) => unknown): void {
  if (bundled !== null) return;
  const file = (frame: Frame | undefined): string | undefined => frame?.place.replace(/:\d+:\d+$/, "");
  const caller = file(frames(stackAbove(from))[0]);
  bundled = caller !== undefined && caller === file(frames(new Error().stack ?? "")[0]);
}

/**
 * The program's frames among those of `stack`. Where they can't be told from the library's: all, except the first `inner`,
 * which are known to be the library's.
 */
function programFrames(stack: string, inner: (all: Frame[]) => number = () => 0, own = ownFolder()): Frame[] {
  // Of some of its files the map may be known, and of others not.
  const mapped = own.replace(/dist\/$/, "src/");
  const all = frames(stack).filter((frame) => !frame.place.startsWith("node:"));
  const program = own === "" ? [] : all.filter(({ place }) => !place.startsWith(own) && !place.startsWith(mapped));
  return bundled || (bundled === null && program.length === 0) ? all.slice(inner(all)) : program;
}

/** Frames as Go prints them; the outermost is the function of the goroutine `g`. */
function format(program: readonly Frame[], g: G | null): string {
  return program
    .map(({ name, place }, at) => {
      let shown = name === "" || name === "<anonymous>" ? "func" : name;
      // V8 makes up names for functions without one.
      if (at === program.length - 1 && g !== null && (g.name === "main" || g.name === "func")) shown = g.name;
      return `${shown}()\n\t${place}`;
    })
    .join("\n");
}

/** More than this many frames of one goroutine are not shown: Go's own limit. */
const MAX_FRAMES = 100;

/** Calls `take` with stacks as deep as they are. */
function deep<T>(take: () => T): T {
  const limited = Error as { stackTraceLimit?: number };
  const before = limited.stackTraceLimit;
  limited.stackTraceLimit = 10 * MAX_FRAMES;
  try {
    return take();
  } finally {
    if (before !== undefined) limited.stackTraceLimit = before;
  }
}

/** The stack of the code that calls `from`, which is called by it. */
function stackAbove(from: (...args: never[]) => unknown): string {
  const taken = { stack: "" };
  const { captureStackTrace } = Error as { captureStackTrace?: (into: object, above: unknown) => void };
  return deep(() => {
    if (captureStackTrace === undefined) return new Error().stack ?? "";
    captureStackTrace(taken, from);
    return taken.stack;
  });
}

/** The place in the program from which `from` was called, through `between` functions of the library. */
export function callSite(from: (...args: never[]) => unknown, between: number): string {
  return programFrames(stackAbove(from), () => between)[0]?.place ?? "unknown place";
}

/**
 * The frames of the goroutine that runs, above those that `capture` leaves out, as the lines that `await` would add to
 * `stack`: none where they are there already, because the goroutine itself called what was rejected before it waited.
 */
export function waitingFrames(stack: string, capture: (into: { stack?: string }) => void): string {
  const taken = { stack: "" };
  deep(() => capture(taken));
  const all = taken.stack.split("\n");
  // What resumes a generator is the host's. Below the outermost of the goroutine's own there are only the scheduler's frames.
  const own = all.slice(
    0,
    Math.max(
      0,
      all.findLastIndex((line) => line.endsWith(".next (<anonymous>)")),
    ),
  );
  const waiting = programFrames(own.join("\n"), performing).slice(0, MAX_FRAMES);
  const there = programFrames(stack).slice(-waiting.length);
  if (waiting.every(({ line }, at) => sameFunction(line, there[at]?.line ?? ""))) return "";
  return waiting.map(({ line }) => line.replace(/^\s+at (async )?/, "\n    at async ")).join("");
}

/** Remembers where the code that calls `from` stands, in `into.stack`: cheaply, because nobody may ever want to read it. */
export function rememberPlace(into: { stack?: string }, from: (...args: never[]) => unknown): void {
  const { captureStackTrace } = Error as { captureStackTrace?: (into: object, above: unknown) => void };
  if (captureStackTrace !== undefined) captureStackTrace(into, from);
  else into.stack = new Error().stack ?? "";
}

/** The program's part of a stack that was remembered. */
export function programStack(stack: string | undefined): string {
  return format(programFrames(stack ?? "").slice(0, MAX_FRAMES), null);
}

/** How many frames there are below the code that calls this. */
export function stackDepth(): number {
  return lines(stackAbove(stackDepth)).length;
}

/** Remembers the whole stack of the code that calls `from`, in `into.stack`. */
export function rememberStack(into: { stack?: string }, from: (...args: never[]) => unknown): void {
  deep(() => rememberPlace(into, from));
}

/** The innermost place of the program in a stack that was remembered, without the `below` frames at its end. */
export function innermost(stack: string | undefined, below: number): string {
  const all = lines(stack);
  const own = programFrames(all.slice(0, all.length - below).join("\n"));
  // Another copy of this library is none of the program.
  return own.find(({ place }) => !/\/node_modules\/millrace\/(?:src|dist)\//.test(place))?.place ?? "";
}

/** The stack of the code that now runs. */
export function currentStack(): string {
  return runningStack(null);
}

/** The same, when the code is that of the goroutine `g`. */
export function runningStack(g: G | null): string {
  return format(programFrames(stackAbove(runningStack)).slice(0, MAX_FRAMES), g);
}

/** The stack of a suspended goroutine: resumes it on top of its frames, and it stays suspended. */
function probeStack(g: G, dump: Dump): string {
  const { gen } = g;
  if (gen === null || g.status === Gnew) return "";
  const { curg, step } = m;
  const probe = { stack: "" };
  try {
    return deep(() => {
      // What lies below the probe belongs to whoever asked.
      dump.below ??= lines(new Error().stack).length;
      dump.own ??= ownFolder();
      m.curg = g;
      m.step = null;
      m.probe = probe;
      gen.next();
      const above = lines(probe.stack);
      const frames = programFrames(above.slice(0, -dump.below).join("\n"), undefined, dump.own);
      return format(frames.slice(0, MAX_FRAMES), g);
    });
  } catch {
    return "";
  } finally {
    m.curg = curg;
    m.step = step;
    m.probe = null;
  }
}

/** Makes the stacks of all errors as deep as Go's: for a program that is ours, because the setting is everyone's. */
export function allowDeepStacks(): void {
  const limited = Error as { stackTraceLimit?: number };
  if (limited.stackTraceLimit === 10) limited.stackTraceLimit = MAX_FRAMES; // nobody has set it
}

/** The lines of a stack that are frames. */
function lines(stack: string | undefined): string[] {
  return (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
}

/** The stack of an error that ended `g`, without the scheduler's frames below it. Called while they are still there. */
export function panicStack(error: Error, g: G): string {
  const { name, message } = error;
  const stack = String(error.stack);
  const header = stack.startsWith(`${name}: ${message}`) ? name.length + 2 + message.length : 0;
  const thrown = lines(stack.slice(header));
  const now = deep(() => lines(new Error().stack));
  let at = thrown.length;
  // It may be cut short, by the host's limit. A fatal error is reported while the program's frames are still there.
  let n = error instanceof FatalError ? 0 : now.lastIndexOf(thrown[at - 1] ?? "") + 1;
  while (at > 0 && n > 0 && thrown[at - 1] === now[n - 1]) {
    at--;
    n--;
  }
  // The scheduler's innermost frame is in both, at two places: it resumed the goroutine, and it called this.
  if (at > 0 && at < thrown.length && n > 0 && sameFunction(thrown[at - 1] ?? "", now[n - 1] ?? "")) at--;
  if (thrown[at - 1]?.includes("#begin ")) at--;
  const program = programFrames(thrown.slice(0, at).join("\n"), error instanceof Panic ? performing : undefined);
  return format(program.slice(0, MAX_FRAMES), g);
}

/** How many frames there are down to where an operation was performed. */
function performing(all: Frame[]): number {
  return all.slice(0, 5).findIndex((frame) => frame.name.includes("[Symbol.iterator]")) + 1;
}

function sameFunction(a: string, b: string): boolean {
  const place = /:\d+:\d+\)?$/;
  return a.replace(place, "") === b.replace(place, "");
}

/** One goroutine. */
export function describe(g: G, dump: Dump = {}): GoroutineInfo {
  const state =
    g.status === Gwaiting ? "waiting" : g.status === Grunning || g.status === Gretry ? "running" : "runnable";
  const waiting = state === "waiting";
  return {
    id: g.id,
    name: g.name,
    state,
    reason: waiting ? (g.op === null ? "await" : reasonOf(g.op)) : undefined,
    since: waiting ? sinceEpoch(g.since) : undefined,
    stack: g === m.curg ? runningStack(g) : probeStack(g, dump),
    createdBy: createdBy(g),
    ...(waiting && awaited(g.op)),
  };
}

/** Who started `g`, and where, if that is known. */
export function createdBy(g: G): GoroutineInfo["createdBy"] {
  const site = g.p.origins.siteOf(g);
  return g.creator === null ? undefined : { ...g.creator, ...(site !== undefined && { site }) };
}

/** What an operation waits for. */
function awaited(op: Operation<unknown> | null): Pick<GoroutineInfo, "channel" | "thing" | "holder" | "holders"> {
  const many = op === null ? undefined : casesOf(op);
  if (many !== undefined && many.length > 0) return { thing: `cases ${namesOf(op as Operation<unknown>)}` };
  const thing = op === null ? null : thingOf(op);
  if (thing === null || thing.kind === "goroutine") return {}; // as in Go
  const { kind, id, name, holders = [], detail, label } = thing;
  const shown = holders.map((each) => ({ id: each.id, name: each.name }));
  const isChannel = kind === "chan";
  const named = label ?? (isChannel || name === undefined ? "" : JSON.stringify(name));
  const parts = [named, detail ?? ""].filter((part) => part !== "");
  return {
    ...(isChannel && { channel: { id, name } }),
    ...(parts.length > 0 && { thing: parts.join(", ") }),
    ...(shown[0] !== undefined && { holder: shown[0] }),
    ...(shown.length > 1 && { holders: shown }),
  };
}

/** More cases of a select are not named. */
const MOST_NAMED = 10;

/** What the cases of a select are called. */
function namesOf({ names = [] }: Operation<unknown>): string {
  return names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(", ")}, …` : names.join(", ");
}

/** The same as text, behind the reason. `several`: it stands for others, whose channels may have other numbers. */
function awaitedText({ channel, thing, holder, holders }: GoroutineInfo, several: boolean): string {
  const parts: string[] = [];
  if (channel?.name) parts.push(`channel ${JSON.stringify(channel.name)}`);
  else if (channel !== undefined && !several) parts.push(`channel ${channel.id}`);
  if (thing !== undefined) parts.push(thing);
  if (holders !== undefined) parts.push(`held by goroutines ${holders.map(({ id }) => id).join(", ")}`);
  else if (holder !== undefined) parts.push(`held by goroutine ${holder.id}`);
  return parts.map((part) => ` ${part}`).join("");
}

function sinceEpoch(coarse: number): number {
  return Math.round(wall() - Math.max(0, m.look() - coarse));
}

/** All goroutines of a run, on whatever thread, or of those on this thread the ones that `which` says. */
export function infoOfAll(p: P, which?: (g: G) => boolean): GoroutineInfo[] {
  const here = infoOf(p, which);
  if (which !== undefined) return here;
  const elsewhere = m.others?.goroutines(p) ?? [];
  return elsewhere.length === 0 ? here : [...here, ...elsewhere].sort((a, b) => a.id - b.id);
}

/**
 * Those that are on this thread.
 *
 * An async function does not tell which operation it awaits. Where only one goroutine stands in an async function, all that
 * is awaited is its own, and the goroutines that carry it out are a part of it. It stands at the operation that is not
 * itself carried out by an async function.
 */
export function infoOf(p: P, which: (g: G) => boolean = () => true): GoroutineInfo[] {
  const all = p.allgs.sorted();
  const awaiting = [...p.awaiting];
  const performers = new Set(awaiting.map(({ op }) => performerOf(op)));
  const [root, ...roots] = all.filter((g) => isAsync(g) && !performers.has(g));
  const [last, ...others] = awaiting.filter(({ op }) => {
    const performer = performerOf(op);
    return performer === null ? op.verb !== "perform" && op.verb !== "await" : !isAsync(performer);
  });
  const alone = root !== undefined && roots.length === 0 && others.length === 0;
  const inRoot = (g: G): boolean => alone && (g === root || performers.has(g));
  const found: GoroutineInfo[] = [];
  const dump: Dump = {};
  for (const g of all) {
    if (alone && g === root) {
      if (all.some((each) => inRoot(each) && which(each))) {
        found.push({ ...describe(g, dump), ...(last && stand(last)) });
      }
    } else if (!inRoot(g) && which(g)) found.push(describe(g, dump));
  }
  return found;
}

/** Whether `g` stands in an async function. */
function isAsync({ status, op }: G): boolean {
  return status === Gwaiting && (op === null || op.verb === "await");
}

/** Where an async function stands that awaits `w`. */
function stand({ op, since }: AsyncWaiter): Partial<GoroutineInfo> {
  const performer = performerOf(op);
  if (performer === null) return { reason: reasonOf(op), since: sinceEpoch(since), ...awaited(op) };
  const { state, reason, since: parked, stack } = describe(performer);
  return {
    state,
    reason,
    since: parked,
    ...(stack !== "" && { stack }),
    ...awaited(performer.op),
  };
}

/** One goroutine of a dump, which stands for `more` others like it. */
function formatInfo(info: GoroutineInfo, more = 0): string {
  const minutes = info.since === undefined ? 0 : Math.floor((wall() - info.since) / 60_000);
  const waited = minutes === 0 ? "" : `, ${minutes} minutes`; // as Go says also of one
  const thread = info.thread === undefined ? "" : `, thread ${info.thread}`;
  const others = more === 0 ? "" : ` and ${more} more`;
  const lines = [
    `goroutine ${info.id}${others} [${info.reason ?? info.state}${waited}${thread}]:${awaitedText(info, more > 0)}`,
  ];
  lines.push(info.stack === "" ? `${info.name}()` : info.stack);
  if (info.createdBy !== undefined) {
    lines.push(`created by ${info.createdBy.name} in goroutine ${info.createdBy.id}`);
    if (info.createdBy.site !== undefined) lines.push(`\t${info.createdBy.site}`);
  }
  return lines.join("\n");
}

/** A dump. */
export function formatAll(infos: readonly GoroutineInfo[]): string {
  return infos.map((info) => formatInfo(info)).join("\n\n");
}

/** A dump that tells once of goroutines that stand at one place for one reason, after how many of each there are. */
export function formatGroups(infos: readonly GoroutineInfo[]): string {
  const groups = new Map<string, GoroutineInfo[]>();
  for (const info of infos) {
    const { name, state, reason, stack, createdBy, channel } = info;
    const key = JSON.stringify([name, state, reason, stack, createdBy?.name, createdBy?.site, channel?.name]);
    const group = groups.get(key) ?? [];
    group.push(info);
    groups.set(key, group);
  }
  if (groups.size === infos.length) return formatAll(infos);
  const each = [...groups.values()].sort((a, b) => b.length - a.length);
  const counts = each.map((group) => `${group.length} × ${placed(group[0] as GoroutineInfo)}`);
  const dumps = each.map((group) => formatInfo(group[0] as GoroutineInfo, group.length - 1));
  return [counts.join("\n"), ...dumps].join("\n\n");
}

/** The name of a goroutine, and the line it stands at or, before it has started, was started at. */
function placed({ name, stack, createdBy }: GoroutineInfo): string {
  const place = /\n\t(.*)/.exec(stack)?.[1] ?? createdBy?.site;
  return place === undefined ? name : `${name}, ${place.replace(/^.*[/\\]/, "").replace(/:\d+$/, "")}`;
}
