/** What there is to say about a workload. The workloads themselves are in workloads/, one file a table of the report. */
import type { Name, Program } from "./program.ts";

/** At most `atMost` × the time of the side, or of the variant, called `of`; with `belowPeers`, and less than every peer. */
export interface TimeTarget {
  readonly atMost: number;
  readonly of: string;
  readonly belowPeers?: true;
}

/** One way to write the workload with Millrace. */
export interface Variant {
  readonly name: string;
  readonly load: () => Promise<Program>;
  readonly target?: TimeTarget;
}

interface Workload {
  readonly name: string;
  readonly what: string;
  readonly n: number;
  readonly variants: readonly Variant[];
  /** What the same program is called for everybody else, unless as the workload is. */
  readonly program?: Name;
}

export interface TimedWorkload extends Workload {
  readonly unit: "ns" | "µs" | "ms";
  /** What is measured depends on `n`, so who is too slow for all of it gets no figure. */
  readonly whole?: true;
  /** Two threads work, so it is by the clock whatever the options say, and Go gets two processors. */
  readonly threads?: true;
}

export interface MemoryWorkload extends Workload {
  /** What one may take, in bytes of resident memory; held to where V8's own tens of MB no longer count. */
  readonly atMost?: number;
  /** Only Millrace does it. */
  readonly alone?: true;
  /** Room for the heap, in MB. */
  readonly heap: number;
}

/** What has a table of its own, which its program prints. */
export interface TableWorkload {
  readonly name: string;
  readonly title: string;
  /** The program, in this folder. */
  readonly file: string;
}

/** Workloads that have one table. */
export interface Group<W> {
  readonly title: string;
  readonly workloads: readonly W[];
}

export const overGo = (atMost: number): TimeTarget => ({ atMost, of: "Go" });
/** No dearer than Go, and cheaper than every peer. */
export const overGoAndPeers: TimeTarget = { atMost: 1, of: "Go", belowPeers: true };
/** Go has nothing like it: cheaper than every peer. */
export const overPeers: TimeTarget = { atMost: Number.POSITIVE_INFINITY, of: "Go", belowPeers: true };
/** For `await`, beside the hand-written channel, which is awaited too. */
export const overHand: TimeTarget = { atMost: 1.3, of: "hand-written", belowPeers: true };
