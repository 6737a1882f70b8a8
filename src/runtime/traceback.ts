/**
 * Where goroutines stand, read by probing (see `op.ts`), and the dump in Go's format.
 *
 *     goroutine 7 [chan receive]: channel "results"
 *     worker()
 *     	/src/pool.ts:12:20
 *     created by main in goroutine 1
 */
import type { G } from "./g.ts";
import { wall } from "./host.ts";
import { m } from "./m.ts";
import type { Op, WaitReason } from "./op.ts";
import type { P } from "./proc.ts";
import { Gretry, Grunning, Gwaiting } from "./status.ts";

/** What is known of one goroutine. */
export interface GoroutineInfo {
  readonly id: number;
  readonly name: string;
  readonly state: "running" | "runnable" | "waiting";
  /** What it waits for; undefined unless waiting. */
  readonly reason: WaitReason | undefined;
  /** When it began to wait, in milliseconds since 1970, to about a millisecond of the scheduler's clock. */
  readonly since: number | undefined;
  /** Its frames, innermost first, as Go prints them: `name()`, then a line with a tab, file, line and column. */
  readonly stack: string;
  /** Who started it; undefined for main and for what the host started. `site` only in debug mode. */
  readonly createdBy: { readonly id: number; readonly name: string; readonly site?: string } | undefined;
  /** The channel it waits for. */
  readonly channel?: { readonly id: number; readonly name: string | undefined };
  /** The goroutine that holds the lock it waits for, where that is known. */
  readonly holder?: { readonly id: number; readonly name: string };
}

interface Frame {
  readonly name: string;
  readonly place: string;
}

/** Frames of a V8 stack, outermost last. */
function frames(stack: string): Frame[] {
  const found: Frame[] = [];
  for (const line of stack.split("\n")) {
    const match = /^\s+at (?:async )?(?:(.+?) \((.+)\)|(.+))$/.exec(line);
    if (match === null) continue;
    found.push({ name: match[1] ?? "", place: (match[2] ?? match[3] ?? "").replace(/^file:\/\//, "") });
  }
  return found;
}

/** The folder that this library's files are in, to tell its frames from the program's. */
const OWN: string = (frames(new Error().stack ?? "")[0]?.place ?? "").replace(/(runtime\/)?[^/]*$/, "");

function isOwn(frame: Frame): boolean {
  return (
    (OWN !== "" && frame.place.startsWith(OWN)) || frame.place === "<anonymous>" || frame.place.startsWith("node:")
  );
}

/** The program's frames among those of `stack`; all of them where library and program are one file. */
function programFrames(stack: string): Frame[] {
  const all = frames(stack);
  const own = all.filter((frame) => !isOwn(frame));
  return own.length > 0 ? own : all.filter((frame) => frame.place !== "<anonymous>");
}

/** A stack as Go prints it. */
export function formatStack(stack: string): string {
  return programFrames(stack)
    .map(({ name, place }) => `${name === "" ? "func" : name}()\n\t${place}`)
    .join("\n");
}

function deep<T>(take: () => T): T {
  const limited = Error as { stackTraceLimit?: number };
  const before = limited.stackTraceLimit;
  limited.stackTraceLimit = 100;
  try {
    return take();
  } finally {
    if (before !== undefined) limited.stackTraceLimit = before;
  }
}

/** The place in the program that called into the library. */
export function callSite(): string {
  const [first] = deep(() => programFrames(new Error().stack ?? ""));
  return first?.place ?? "unknown place";
}

/** The stack of the code that now runs. */
export function currentStack(): string {
  return deep(() => formatStack(new Error().stack ?? ""));
}

/** The stack of a suspended goroutine: resumes it on top of its frames, and it stays suspended. */
function probeStack(g: G): string {
  const { gen } = g;
  if (gen === null) return "";
  const curg = m.curg;
  const probe = { stack: "" };
  const step = m.step;
  m.curg = g;
  m.step = null;
  m.probe = probe;
  try {
    deep(() => gen.next());
  } catch {
    return "";
  } finally {
    m.curg = curg;
    m.step = step;
    m.probe = null;
  }
  // What lies below the probe belongs to whoever asked.
  const below = probe.stack.split("\n").findIndex((line) => line.includes("probeStack"));
  return formatStack(below < 0 ? probe.stack : probe.stack.split("\n").slice(0, below).join("\n"));
}

function describe(g: G): GoroutineInfo {
  const state =
    g.status === Gwaiting ? "waiting" : g.status === Grunning || g.status === Gretry ? "running" : "runnable";
  const waiting = state === "waiting";
  const site = g.p.siteOf(g);
  return {
    id: g.id,
    name: g.name,
    state,
    reason: waiting ? (g.op?.reason ?? "await") : undefined,
    since: waiting ? sinceEpoch(g.since) : undefined,
    stack: g === m.curg ? currentStack() : probeStack(g),
    createdBy: g.parent === 0 ? undefined : { id: g.parent, name: g.parentName, ...(site !== undefined && { site }) },
    ...(waiting && awaited(g.op)),
  };
}

/** What an operation waits for. */
function awaited(op: Op<unknown> | null): Pick<GoroutineInfo, "channel" | "holder"> {
  const subject = op?.subject;
  if (subject === undefined) return {};
  const { id, name, holder } = subject;
  return {
    ...(id !== 0 && { channel: { id, name } }),
    ...(holder !== undefined && { holder: { id: holder.id, name: holder.name } }),
  };
}

function sinceEpoch(coarse: number): number {
  return Math.round(wall() - Math.max(0, m.look() - coarse));
}

/** All goroutines of a run. */
export function infoOf(p: P): GoroutineInfo[] {
  const infos = [...p.goroutines()].map(describe);
  // An async function does not tell which operation it awaits. With one of each, that is known all the same.
  const asyncs = infos.filter((info) => info.reason === "await");
  const [waiter, ...more] = p.awaiting();
  if (waiter === undefined || more.length > 0 || asyncs.length !== 1) return infos;
  return infos.map((info) =>
    info === asyncs[0]
      ? {
          ...info,
          reason: waiter.op.reason,
          since: sinceEpoch(waiter.since),
          ...awaited(waiter.op),
        }
      : info,
  );
}

/** One goroutine of a dump. */
function format(info: GoroutineInfo): string {
  const minutes = info.since === undefined ? 0 : Math.floor((wall() - info.since) / 60_000);
  const waited = minutes === 0 ? "" : `, ${minutes} minute${minutes === 1 ? "" : "s"}`;
  const { channel, holder } = info;
  const what = holder !== undefined ? ` held by goroutine ${holder.id}` : channel?.name && ` channel "${channel.name}"`;
  const lines = [`goroutine ${info.id} [${info.reason ?? info.state}${waited}]:${what ?? ""}`];
  lines.push(info.stack === "" ? `${info.name}()` : info.stack);
  if (info.createdBy !== undefined) {
    lines.push(`created by ${info.createdBy.name} in goroutine ${info.createdBy.id}`);
    if (info.createdBy.site !== undefined) lines.push(`\t${info.createdBy.site}`);
  }
  return lines.join("\n");
}

/** A dump. */
export function formatAll(infos: readonly GoroutineInfo[]): string {
  return infos.map(format).join("\n\n");
}
