/**
 * The reference: a slow interpreter of programs, written from Go's language specification with arrays and filters, that
 * knows nothing of how Millrace does it. It follows a run step by step: the run says which goroutine ran next, who let
 * others run first and which of several ready cases was taken; the model checks that each of these was allowed and says
 * what must have come of it.
 */
import {
  type Case,
  type ChanRef,
  chosenOf,
  type Instr,
  NIL,
  type Outcome,
  outcome,
  type Program,
  senders as sendersOf,
  valueFrom,
} from "./program.ts";
import type { Decision, Logged, State, Trace } from "./real.ts";

/** One that waits, on one queue. Those of one operation share the token. */
interface Parked {
  readonly g: Goroutine;
  readonly token: object;
  readonly value: string | undefined;
  /** What the goroutine sees when this is what happened. */
  tell(value: unknown, ok: boolean): Outcome;
}

interface Channel {
  readonly capacity: number;
  readonly zero: string | undefined;
  buffer: unknown[];
  closed: boolean;
  senders: Parked[];
  receivers: Parked[];
}

interface Goroutine {
  readonly id: number;
  readonly number: number;
  pc: number;
  state: "runnable" | "waiting" | "ended";
  reason: string;
  /** The outcome of the step it waited in. */
  woken: Outcome | undefined;
  /** It let others run first and now performs the step without being asked again. */
  asked: boolean;
  joiners: Parked[];
  result: string | undefined;
}

export class Model {
  readonly log: Logged[] = [];
  readonly #program: Program;
  readonly #channels: Channel[];
  readonly #outcomes: ReadonlyMap<string, Outcome>;
  readonly #goroutines: Goroutine[] = [];
  #runq: Goroutine[] = [];

  constructor(program: Program, trace: Trace) {
    this.#program = program;
    this.#channels = program.channels.map(({ capacity, zero }) => ({
      capacity,
      zero,
      buffer: [],
      closed: false,
      senders: [],
      receivers: [],
    }));
    this.#outcomes = new Map(trace.log.map((each) => [`${each.g}.${each.pc}`, each.outcome]));
  }

  /** Follows the run's decisions to their end. */
  follow(decisions: readonly Decision[]): State {
    const rest = [...decisions];
    this.#go(0);
    while (this.#runq.length > 0) {
      const pick = rest.shift();
      if (pick === undefined) throw new Error(`the run stopped, but ${this.#runq[0]?.id} can run`);
      if (pick.kind !== "pick") throw new Error(`the run asked whether ${pick.id} be preempted, but nobody runs`);
      if (pick.runnable !== this.#runq.length)
        throw new Error(`${this.#runq.length} are runnable, not ${pick.runnable}`);
      const g = this.#runq[pick.index] as Goroutine;
      if (g.id !== pick.id) throw new Error(`at ${pick.index} of the run queue stands ${g.id}, not ${pick.id}`);
      this.#runq = this.#runq.filter((each) => each !== g);
      this.#run(g, rest);
    }
    if (rest.length > 0) throw new Error(`the run went on: ${JSON.stringify(rest[0])}`);
    return this.#state();
  }

  #state(): State {
    return {
      channels: this.#channels.map(({ buffer, closed, senders, receivers }) => ({
        buffer,
        closed,
        senders: sendersOf(senders.map((each) => ({ id: each.g.id, value: each.value }))),
        receivers: receivers.map((each) => each.g.id),
      })),
      goroutines: this.#goroutines.filter((g) => g.state !== "ended").map((g) => `${g.id} ${g.reason}`),
    };
  }

  // ---- goroutines --------------------------------------------------------------------------------------------------

  #go(number: number): void {
    if (this.#program.goroutines[number] === undefined || this.#numbered(number) !== undefined) return;
    const g: Goroutine = {
      id: this.#goroutines.length + 1,
      number,
      pc: 0,
      state: "runnable",
      reason: "",
      woken: undefined,
      asked: false,
      joiners: [],
      result: undefined,
    };
    this.#goroutines.push(g);
    this.#runq.push(g);
  }

  #numbered(number: number): Goroutine | undefined {
    return this.#goroutines.find((each) => each.number === number);
  }

  /** Runs `g` until it waits, lets others run or ends. */
  #run(g: Goroutine, rest: Decision[]): void {
    g.state = "runnable";
    const body = this.#program.goroutines[g.number] as readonly Instr[];
    if (g.woken !== undefined) this.#note(g, g.woken);
    g.woken = undefined;
    while (g.pc < body.length) {
      const instr = body[g.pc] as Instr;
      const mayBlock = instr.op === "goexit" || this.#isOperation(instr);
      if (mayBlock && !g.asked) {
        const decision = rest.shift();
        if (decision?.kind !== "preempt" || decision.id !== g.id) throw new Error(`${g.id} was not asked`);
        if (decision.yes) {
          g.asked = true;
          this.#runq.push(g);
          return;
        }
      }
      g.asked = false;
      if (instr.op === "goexit") break;
      const text = this.#step(g, instr);
      if (text === undefined) return;
      this.#note(g, text);
    }
    g.state = "ended";
    g.result = g.pc < body.length ? undefined : `result ${g.number}`;
    const { joiners } = g;
    for (const each of joiners) if (g.joiners.includes(each)) this.#wake(each, each.tell(g.result, true));
  }

  #note(g: Goroutine, text: Outcome): void {
    this.log.push({ g: g.number, pc: g.pc++, outcome: text });
  }

  #isOperation(instr: Instr): boolean {
    if (instr.op === "join") return this.#numbered(instr.target) !== undefined;
    return ["send", "recv", "recvOk", "range", "gosched", "select"].includes(instr.op);
  }

  // ---- steps -------------------------------------------------------------------------------------------------------

  /** The step's outcome; undefined if the goroutine has to wait. */
  #step(g: Goroutine, instr: Instr): Outcome | undefined {
    switch (instr.op) {
      case "trySend":
        if (this.#at(instr.ch)?.closed) return outcome.panicked("SEND_ON_CLOSED");
        return `trySend ${this.#canSend(instr.ch) && this.#send(instr.ch, valueFrom(g.number, g.pc, []))}`;
      case "tryRecv":
        return this.#canReceive(instr.ch) ? outcome.receivedOk(...this.#receive(instr.ch)) : "tryRecv nothing";
      case "close":
        return this.#close(instr.ch);
      case "length":
        return `length ${this.#at(instr.ch)?.buffer.length ?? 0}`;
      case "go":
        this.#go(instr.target);
        return "started";
      case "goexit":
        throw new Error("goexit has no outcome");
      default:
        return this.#operation(g, instr);
    }
  }

  #operation(g: Goroutine, instr: Case): Outcome | undefined {
    if (instr.op === "null") return "null";
    if (instr.op === "join" && this.#numbered(instr.target) === undefined) return outcome.joined(undefined);
    const seen = this.#outcomes.get(`${g.number}.${g.pc}`);
    if (this.#isReady(instr)) return this.#happen(g, instr, [], seen);
    g.state = "waiting";
    g.reason = reasonOf(instr);
    this.#park(g, instr, [], {}, (text) => text, seen);
    return undefined;
  }

  #isReady(c: Case): boolean {
    switch (c.op) {
      case "send":
        return this.#canSend(c.ch) || this.#at(c.ch)?.closed === true;
      case "recv":
      case "recvOk":
      case "range":
        return this.#canReceive(c.ch);
      case "join":
        return this.#numbered(c.target)?.state === "ended";
      case "select":
        return c.default || c.cases.some((each) => this.#isReady(each));
      default:
        return false;
    }
  }

  /** `c` is ready and happens. `seen` is what the run says it gave: among several ready cases it chose that one. */
  #happen(g: Goroutine, c: Case, path: readonly number[], seen: Outcome | undefined): Outcome {
    switch (c.op) {
      case "send":
        if (this.#at(c.ch)?.closed) return outcome.panicked("SEND_ON_CLOSED");
        this.#send(c.ch, valueFrom(g.number, g.pc, path));
        return outcome.sent();
      case "recv":
        return outcome.received(this.#receive(c.ch)[0]);
      case "recvOk":
        return outcome.receivedOk(...this.#receive(c.ch));
      case "range":
        return ranged(...this.#receive(c.ch));
      case "join":
        return outcome.joined(this.#numbered(c.target)?.result);
      case "select":
        return this.#happenSelect(g, c, path, seen);
      default:
        throw new Error(`${c.op} is never ready`);
    }
  }

  #happenSelect(g: Goroutine, c: Case & { op: "select" }, path: readonly number[], seen: Outcome | undefined): Outcome {
    const ready = c.cases.map((each) => this.#isReady(each));
    if (!ready.includes(true)) return outcome.defaulted();
    const chosen = seen === undefined ? undefined : chosenOf(seen);
    // A panic doesn't say whose it is: any ready case that panics would do, and has no other effect.
    const panicking = c.cases.findIndex((each, i) => ready[i] && this.#mayPanic(each));
    const at = c.listed ? ready.indexOf(true) : (chosen ?? panicking);
    if (!ready[at]) throw new Error(`${g.id} took case ${at} of ${JSON.stringify(c)}, which is not ready`);
    const inner = seen?.replace(/^\d+: /, "");
    const text = this.#happen(g, c.cases[at] as Case, [...path, at], inner);
    return text.startsWith("panic") ? text : outcome.chosen(at, text);
  }

  /** Whether `c`, which is ready, may panic when it happens. */
  #mayPanic(c: Case): boolean {
    if (c.op === "send") return this.#at(c.ch)?.closed === true;
    if (c.op !== "select") return false;
    const ready = c.cases.filter((each) => this.#isReady(each));
    return (c.listed ? ready.slice(0, 1) : ready).some((each) => this.#mayPanic(each));
  }

  // ---- waiting -----------------------------------------------------------------------------------------------------

  /** `seen` is what the run says it gave: cases queue in any order, so the one that was taken may have come first. */
  #park(
    g: Goroutine,
    c: Case,
    path: readonly number[],
    token: object,
    wrap: (text: Outcome) => Outcome,
    seen: Outcome | undefined,
  ): void {
    const parked = (tell: Parked["tell"], value?: string): Parked => ({
      g,
      token,
      value,
      tell: (v, ok) => wrap(tell(v, ok)),
    });
    if (g.state !== "waiting") return; // a case before this one has woken it already
    switch (c.op) {
      case "send":
        this.#at(c.ch)?.senders.push(parked(outcome.sent, valueFrom(g.number, g.pc, path)));
        return;
      case "recv":
        this.#at(c.ch)?.receivers.push(parked(outcome.received));
        return;
      case "recvOk":
        this.#at(c.ch)?.receivers.push(parked(outcome.receivedOk));
        return;
      case "range":
        this.#at(c.ch)?.receivers.push(parked(ranged));
        return;
      case "join":
        this.#numbered(c.target)?.joiners.push(parked(outcome.joined));
        return;
      case "gosched":
        this.#wake(parked(outcome.yielded), wrap(outcome.yielded()));
        return;
      case "select": {
        const chosen = seen === undefined ? undefined : chosenOf(seen);
        const order = [...c.cases.keys()];
        if (!c.listed) order.sort((a, b) => Number(b === chosen) - Number(a === chosen));
        for (const i of order) {
          const inner = i === chosen ? seen?.replace(/^\d+: /, "") : undefined;
          this.#park(g, c.cases[i] as Case, [...path, i], token, (text) => wrap(outcome.chosen(i, text)), inner);
        }
        return;
      }
      default:
    }
  }

  /** One of those that wait has what it waits for: it leaves all queues it is on and can run again. */
  #wake(parked: Parked, text: Outcome): void {
    const others = (each: Parked): boolean => each.token !== parked.token;
    for (const ch of this.#channels) {
      ch.senders = ch.senders.filter(others);
      ch.receivers = ch.receivers.filter(others);
    }
    for (const g of this.#goroutines) g.joiners = g.joiners.filter(others);
    parked.g.state = "runnable";
    parked.g.woken = text;
    this.#runq.push(parked.g);
  }

  // ---- channels ----------------------------------------------------------------------------------------------------

  #at(ref: ChanRef): Channel | undefined {
    return ref === NIL ? undefined : this.#channels[ref];
  }

  #canSend(ref: ChanRef): boolean {
    const ch = this.#at(ref);
    return ch !== undefined && (ch.receivers.length > 0 || ch.buffer.length < ch.capacity);
  }

  #send(ref: ChanRef, value: string): boolean {
    const ch = this.#at(ref) as Channel;
    const [receiver] = ch.receivers;
    if (receiver === undefined) ch.buffer.push(value);
    else this.#wake(receiver, receiver.tell(value, true));
    return true;
  }

  #canReceive(ref: ChanRef): boolean {
    const ch = this.#at(ref);
    return ch !== undefined && (ch.buffer.length > 0 || ch.senders.length > 0 || ch.closed);
  }

  #receive(ref: ChanRef): [value: unknown, ok: boolean] {
    const ch = this.#at(ref) as Channel;
    const [sender] = ch.senders;
    if (ch.buffer.length === 0 && sender === undefined) return [ch.zero, false];
    if (sender !== undefined) {
      ch.buffer.push(sender.value);
      this.#wake(sender, sender.tell(undefined, true));
    }
    return [ch.buffer.shift(), true];
  }

  #close(ref: ChanRef): Outcome {
    const ch = this.#at(ref);
    if (ch === undefined) return outcome.panicked("CLOSE_OF_NIL");
    if (ch.closed) return outcome.panicked("CLOSE_OF_CLOSED");
    ch.closed = true;
    while (ch.receivers[0] !== undefined) this.#wake(ch.receivers[0], ch.receivers[0].tell(ch.zero, false));
    while (ch.senders[0] !== undefined) this.#wake(ch.senders[0], outcome.panicked("SEND_ON_CLOSED"));
    return "closed";
  }
}

function ranged(value: unknown, ok: boolean): Outcome {
  return outcome.receivedOk(ok ? value : undefined, ok);
}

function reasonOf(c: Case): string {
  const nil = "ch" in c && c.ch === NIL ? " (nil chan)" : "";
  switch (c.op) {
    case "send":
      return `chan send${nil}`;
    case "recv":
    case "recvOk":
    case "range":
      return `chan receive${nil}`;
    case "select":
      return c.cases.length === 0 ? "select (no cases)" : "select";
    case "gosched":
      return "runtime.Gosched";
    default:
      return c.op;
  }
}
