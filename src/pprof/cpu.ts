/**
 * What the processor does, sampled by the host's own profiler, with the goroutine function that each sample is of: in the
 * stack of a goroutine, that is the program's outermost frame above the scheduler's.
 */
import { here } from "../runtime/built.ts";
import { builtin } from "../runtime/host.ts";
import { pathOf } from "../trace/places.ts";

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0 up. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface Node {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

/** What V8 gives. */
interface Raw {
  readonly nodes: readonly Node[];
  readonly samples?: readonly number[];
  /** Microseconds. */
  readonly timeDeltas?: readonly number[];
}

interface Session {
  connect(): void;
  disconnect(): void;
  post(method: string, params: object, done?: (error: Error | null, result: { profile: Raw }) => void): void;
}

interface SourceMaps {
  findSourceMap(url: string): { findEntry(line: number, column: number): Partial<MapEntry> } | undefined;
}

interface MapEntry {
  readonly originalSource: string;
  readonly originalLine: number;
}

/** A function on the stack, as pprof has it. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  /** From 1 up; 0 if it is not known. */
  readonly line: number;
}

export interface CpuSample {
  /** Innermost first. */
  readonly stack: readonly Frame[];
  /** The goroutine function; "" for what is not a goroutine's. */
  readonly goroutine: string;
  readonly count: number;
  /** Milliseconds. */
  readonly time: number;
}

export interface CpuProfile {
  /** Milliseconds between two samples. */
  readonly interval: number;
  readonly samples: readonly CpuSample[];
}

/** Begins to sample this thread; the function that it returns ends that. Null where the host has no profiler. */
export function startCpu(interval: number): (() => CpuProfile) | null {
  const inspector = builtin("node:inspector") as { readonly Session?: new () => Session } | undefined;
  if (inspector?.Session === undefined) return null;
  const session = new inspector.Session();
  session.connect();
  session.post("Profiler.enable", {});
  session.post("Profiler.setSamplingInterval", { interval: Math.round(interval * 1000) });
  session.post("Profiler.start", {});
  return () => {
    let raw: Raw = { nodes: [] };
    // A session of the same thread answers at once.
    session.post("Profiler.stop", {}, (error, result) => {
      if (error === null) raw = result.profile;
    });
    session.disconnect();
    return { interval, samples: read(raw) };
  };
}

/** No frames of the program. */
const HOST: ReadonlySet<string> = new Set(["(root)", "(program)", "(idle)", "(garbage collector)"]);

function read({ nodes, samples = [], timeDeltas = [] }: Raw): CpuSample[] {
  const times = new Map<number, { count: number; time: number }>();
  samples.forEach((id, i) => {
    const sum = times.get(id) ?? { count: 0, time: 0 };
    sum.count++;
    // A delta is the time up to its sample: what a sample stands for ends at the next one.
    sum.time += Math.max(0, timeDeltas[i + 1] ?? timeDeltas[i] ?? 0) / 1000;
    times.set(id, sum);
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const framer = new Framer();
  const found: CpuSample[] = [];
  for (const [id, sum] of times) {
    const calls: CallFrame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = byId.get(at);
      if (node !== undefined && node.callFrame.functionName !== "(root)") calls.push(node.callFrame);
    }
    if (calls[0]?.functionName === "(idle)") continue;
    found.push({ stack: calls.map((call) => framer.frame(call)), goroutine: goroutineOf(calls, framer), ...sum });
  }
  return found;
}

/** The outermost frame that the scheduler resumed: the generator's `next` is the host's and has no frame. */
function goroutineOf(calls: readonly CallFrame[], framer: Framer): string {
  const scheduler = calls.findLastIndex((call) => framer.isLibrary(call));
  for (let i = scheduler - 1; i >= 0; i--) {
    const call = calls[i] as CallFrame;
    if (call.url !== "" && !call.url.startsWith("node:") && !framer.isLibrary(call)) return call.functionName || "func";
  }
  return "";
}

class Framer {
  readonly #known = new Map<CallFrame, Frame>();
  readonly #maps = builtin("node:module") as SourceMaps | undefined;
  /** The folder that this library is in, as it is loaded. */
  readonly #library = pathOf(here() ?? "").replace(/(runtime\/)?[^/]*$/, "");

  /** With the place in the source that was written, where a map says it. */
  frame(call: CallFrame): Frame {
    const known = this.#known.get(call);
    if (known !== undefined) return known;
    const { functionName, url, lineNumber, columnNumber } = call;
    const entry = url === "" ? undefined : this.#maps?.findSourceMap(url)?.findEntry(lineNumber, columnNumber);
    const frame: Frame = {
      name: functionName || "(anonymous)",
      file: pathOf(entry?.originalSource ?? url),
      line: url === "" && HOST.has(functionName) ? 0 : (entry?.originalLine ?? lineNumber) + 1,
    };
    this.#known.set(call, frame);
    return frame;
  }

  isLibrary({ url }: CallFrame): boolean {
    return this.#library !== "" && pathOf(url).startsWith(this.#library);
  }
}
