/** Runs a random program on Millrace under a strategy, and notes all that can be seen of it. */
import {
  type Chan,
  chan,
  type Go,
  type Goroutine,
  go,
  nilChan,
  type Op,
  Panic,
  range,
  runtime,
  select,
} from "millrace";
import type { G } from "../../src/runtime/g.ts";
import { P } from "../../src/runtime/proc.ts";
import type { Strategy } from "../../src/runtime/strategy.ts";
import { reasonOf } from "../../src/runtime/thing.ts";
import {
  type Case,
  type ChanRef,
  type Instr,
  NIL,
  type Outcome,
  outcome,
  type Program,
  senders,
  valueFrom,
} from "./program.ts";

/** A step that came to its end. */
export interface Logged {
  readonly g: number;
  readonly pc: number;
  readonly outcome: Outcome;
}

/** What the scheduler was told. */
export type Decision =
  | { readonly kind: "pick"; readonly id: number; readonly index: number; readonly runnable: number }
  | { readonly kind: "preempt"; readonly id: number; readonly yes: boolean };

/** How things stand when nothing can run any more. */
export interface State {
  readonly channels: readonly {
    readonly buffer: readonly unknown[];
    readonly closed: boolean;
    /** The goroutine and the value, for each that waits. */
    readonly senders: readonly string[];
    readonly receivers: readonly number[];
  }[];
  /** Those that have not ended: number and wait reason. */
  readonly goroutines: readonly string[];
}

export interface Trace {
  readonly log: readonly Logged[];
  readonly decisions: readonly Decision[];
  readonly end: State;
}

/** How a strategy decides. */
export interface Schedule {
  readonly pick: "first" | "last" | "any";
  /** Before how many of 100 operations the goroutine lets others run. */
  readonly preempt: number;
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
}

type Waiting = Iterable<{ readonly value: unknown; readonly g: G | null }>;

interface Inside {
  readonly buf: readonly unknown[];
  readonly qcount: number;
  readonly recvx: number;
  readonly closed: boolean;
  readonly sendq: Waiting;
  readonly recvq: Waiting;
}

export function look(ch: Chan<string, unknown>): State["channels"][number] {
  const { buf, qcount, recvx, closed, sendq, recvq } = ch as unknown as Inside;
  return {
    buffer: Array.from({ length: qcount }, (_, i) => buf[(recvx + i) % buf.length]),
    closed,
    senders: senders([...sendq].map((w) => ({ id: w.g?.id, value: w.value }))),
    receivers: [...recvq].map((w) => w.g?.id ?? 0),
  };
}

/** An operation and how to read what it gives. */
interface Reading {
  readonly op: Op<unknown> | null;
  read(value: unknown): Outcome;
}

type Choice = { readonly index: number; readonly value: unknown } | { readonly case: string; readonly value: unknown };

/** One run of a program. */
export class Performance {
  readonly log: Logged[] = [];
  readonly channels: Chan<string, unknown>[] = [];
  readonly #program: Program;
  readonly #started = new Map<number, Goroutine>();
  readonly #nil = nilChan<string>() as Chan<string, unknown>;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Main, which has to be called inside the run, so that the channels belong to it. */
  readonly main = (): unknown => {
    for (const { capacity, zero } of this.#program.channels)
      this.channels.push(chan<string, unknown>(capacity, { zero }));
    return this.isAsync(0) ? this.asyncBody(0) : this.body(0);
  };

  /** The goroutine number `g`, as a generator. */
  *body(g: number): Go<string> {
    for (const [pc, instr] of this.steps(g)) {
      try {
        if (instr.op === "goexit") yield* runtime.goexit();
        const reading = this.begin(instr, g, pc);
        this.note(g, pc, reading.read(reading.op === null ? undefined : yield* reading.op));
      } catch (error) {
        if (!(error instanceof Panic)) throw error;
        this.note(g, pc, outcome.panicked(error.code));
      }
    }
    return `result ${g}`;
  }

  /** The same as an async function. */
  async asyncBody(g: number): Promise<string> {
    for (const [pc, instr] of this.steps(g)) {
      try {
        if (instr.op === "goexit") await runtime.goexit();
        const reading = this.begin(instr, g, pc);
        this.note(g, pc, reading.read(reading.op === null ? undefined : await reading.op));
      } catch (error) {
        if (!(error instanceof Panic)) throw error;
        this.note(g, pc, outcome.panicked(error.code));
      }
    }
    return `result ${g}`;
  }

  /** Which goroutines are async functions. */
  isAsync: (g: number) => boolean = () => false;

  /** What `gosched` stands for. */
  yields: (pc: number) => Op<unknown> = () => runtime.gosched();

  steps(g: number): IterableIterator<[number, Instr]> {
    return (this.#program.goroutines[g] as readonly Instr[]).entries();
  }

  note(g: number, pc: number, text: Outcome): void {
    this.log.push({ g, pc, outcome: text });
  }

  /** Does at once what blocks nobody, and gives the operation for what may block. */
  begin(instr: Instr, g: number, pc: number): Reading {
    switch (instr.op) {
      case "trySend":
        return done(`trySend ${this.#at(instr.ch).trySend(valueFrom(g, pc, []))}`);
      case "tryRecv": {
        const got = this.#at(instr.ch).tryRecv();
        return done(got === undefined ? "tryRecv nothing" : outcome.receivedOk(got[0], got[1]));
      }
      case "close":
        this.#at(instr.ch).close();
        return done("closed");
      case "length":
        return done(`length ${this.#at(instr.ch).length}`);
      case "go":
        this.#start(instr.target);
        return done("started");
      case "goexit":
        return done("never");
      default:
        return this.#operation(instr, g, pc, []);
    }
  }

  #start(g: number): void {
    if (this.#program.goroutines[g] === undefined || this.#started.has(g)) return;
    this.#started.set(g, this.isAsync(g) ? go(() => this.asyncBody(g)) : go(() => this.body(g)));
  }

  #at(ref: ChanRef): Chan<string, unknown> {
    return ref === NIL ? this.#nil : (this.channels[ref] as Chan<string, unknown>);
  }

  #operation(c: Case, g: number, pc: number, path: readonly number[]): Reading {
    switch (c.op) {
      case "send":
        return { op: this.#at(c.ch).send(valueFrom(g, pc, path)), read: outcome.sent };
      case "recv":
        return { op: this.#at(c.ch).recv(), read: outcome.received };
      case "recvOk":
        return { op: this.#at(c.ch).recvOk(), read: (pair) => outcome.receivedOk(...(pair as [unknown, boolean])) };
      case "range": {
        const r = range(this.#at(c.ch));
        return { op: r.next(), read: (more) => outcome.receivedOk(r.value, more as boolean) };
      }
      case "join":
        return { op: this.#started.get(c.target)?.join() ?? null, read: outcome.joined };
      case "gosched":
        return { op: this.yields(pc), read: outcome.yielded };
      case "null":
        return done("null");
      case "select":
        return this.#select(c, g, pc, path);
    }
  }

  /** Both forms of select: by name with a default, by number without. */
  #select(c: Case & { op: "select" }, g: number, pc: number, path: readonly number[]): Reading {
    const order = c.listed ? "listed" : "random";
    const inner = c.cases.map((each, i) => this.#operation(each, g, pc, [...path, i]));
    const named = Object.fromEntries(inner.map(({ op }, i) => [`c${i}`, op]));
    const ops = inner.map(({ op }) => op);
    return {
      op: c.default ? select({ ...named, default: true }, { order }) : select(ops, { order }),
      read(value) {
        const choice = value as Choice;
        if ("case" in choice && choice.case === "default") return outcome.defaulted();
        const at = "case" in choice ? Number(choice.case.slice(1)) : choice.index;
        return outcome.chosen(at, (inner[at] as Reading).read(choice.value));
      },
    };
  }
}

function done(text: Outcome): Reading {
  return { op: null, read: () => text };
}

/** Runs `program` to the point where nothing can run any more. */
export async function runReal(program: Program, schedule: Schedule): Promise<Trace> {
  const decisions: Decision[] = [];
  const strategy: Strategy = {
    pick(runnable, at) {
      const index = schedule.pick === "first" ? 0 : schedule.pick === "last" ? runnable - 1 : schedule.below(runnable);
      decisions.push({ kind: "pick", id: at(index).id, index, runnable });
      return index;
    },
    preempt(g) {
      const yes = schedule.below(100) < schedule.preempt;
      decisions.push({ kind: "preempt", id: g.id, yes });
      return yes;
    },
    below: (n) => schedule.below(n),
  };
  const performance = new Performance(program);
  const { channels, log } = performance;
  const p = new P({}, strategy);
  const end = await new Promise<State>((resolve, reject) => {
    p.start(performance.main, (ended) => ended.ok || reject(ended.error));
    p.idle = () => {
      p.idle = null;
      const goroutines = p.allgs.sorted().map((g) => `${g.id} ${g.op === null ? "runnable" : reasonOf(g.op)}`);
      resolve({ channels: channels.map(look), goroutines });
      p.finish({ ok: true, value: undefined });
    };
  });
  for (const { senders, receivers } of channels.map(look)) {
    if (senders.length + receivers.length > 0) throw new Error("the finished run left waiters behind");
  }
  return { log, decisions, end };
}
