/**
 * Calls between the processes of a fleet. A call is a message in a queue of its function's name, which only processes ask for that
 * have that function. Its id says whose it is; its outcome comes to the caller's inbox (`station.ts`) before the message is
 * acked. So a call is lost with neither its worker nor the server, and a worker that dies is found out by the lease of the
 * message, a caller that dies by the lease of its life.
 *
 * What is told from inbox to inbox: ["begun", call, by whom, attempt], ["done", call, ok, value], ["back", call] for one that was
 * given back, ["end", call, which context, how].
 * A call that takes no longer than `SHORT` is not told to have begun: there is nothing to cancel.
 */
import { Canceled } from "../context/errors.ts";
import { call as callHere } from "../runtime/action.ts";
import type { AsyncScope } from "../runtime/async-scope.ts";
import type { Body } from "../runtime/body.ts";
import { enterScope } from "../runtime/enter-scope.ts";
import { m } from "../runtime/m.ts";
import { ArgumentError, Goexit, Panic, show } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Go } from "../runtime/types.ts";
import { arrived, carried } from "../threads/sched/carry.ts";
import { decodePortable, encodePortable } from "../threads/values/portable.ts";
import { type Parallel, parallelOf } from "../threads/values/registry.ts";
import { Alarm } from "./alarm.ts";
import type { Box } from "./box.ts";
import { Call, type Caller, type CallSettings, lost } from "./call.ts";
import { RemoteError } from "./error.ts";
import { Job } from "./job.ts";
import type { Lease, Process } from "./link.ts";
import { type End, pack, sendable, unpack } from "./luggage.ts";
import { type Home, Peer, Station } from "./station.ts";

/** For how many milliseconds a call is not worth telling that it has begun. */
const SHORT = 2;
/** How long a parallel function may take to end once its contexts have, in milliseconds: as in a pool. */
const GRACE = 500;

/** How calls are made. */
export interface CallPlan extends CallSettings {
  readonly group: string;
  readonly key: string | undefined;
}

/** What calls need of their fleet. */
export interface CallHome extends Home, Process {
  nextId(): string;
}

export class Calls implements Caller {
  readonly p: P;
  readonly #home: CallHome;
  #station: Station | null = null;
  readonly #peers = new Map<string, Peer>();
  /** Those that this process has made, until they end. */
  readonly made: Map<string, Call> = new Map();
  /** Those that it works on. */
  readonly jobs: Map<string, Job> = new Map();
  /** What has failed and was not joined. */
  readonly #failed = new Set<Call>();

  constructor(home: CallHome) {
    this.#home = home;
    this.p = home.p;
  }

  get server(): string {
    return this.#home.server;
  }

  get outside(): boolean {
    return this.#home.connection.outside;
  }

  station(): Station {
    if (this.#station === null) {
      const station = new Station(
        this.#home,
        this.#home.nextId(),
        (news) => this.#heard(news),
        (error) => this.#lost(station, error),
      );
      this.#station = station;
    }
    return this.#station;
  }

  /** Others have taken this process for gone; the next call gets another address. */
  #lost(station: Station, error: Error): void {
    if (this.#station === station) this.#station = null;
    const prefix = `${station.address}#`;
    for (const call of [...this.made.values()]) if (call.id.startsWith(prefix)) call.end({ ok: false, error });
  }

  #peer(address: string): Peer {
    let peer = this.#peers.get(address);
    if (peer === undefined) {
      peer = new Peer(this.#home, address, () => this.#peers.delete(address));
      this.#peers.set(address, peer);
    }
    return peer;
  }

  /** The queue of a function's calls. */
  boxOf(group: string, name: string): Box {
    return this.#home.box(`call:${group}:${encodeURIComponent(name)}`, false);
  }

  // The caller.

  go(fn: unknown, args: readonly unknown[], plan: CallPlan): Call {
    const f = typeof fn === "function" ? parallelOf(fn as Body) : undefined;
    if (f === undefined) {
      const text = `go: a fleet runs parallel functions, which every process knows by name; got ${show(fn)}: name it with parallel()`;
      throw new ArgumentError(text);
    }
    if (this.#home.over !== null) throw new Panic("CLOSED_FLEET");
    const { bytes, contexts } = pack(this.p, args);
    const box = this.boxOf(plan.group, f.name);
    const station = this.station();
    const id = `${station.address}#${this.#home.nextId()}`;
    const body = box.encode([station.address, plan.attempts, carried(), bytes]);
    const call = new Call(this, id, f.name, box, contexts, plan);
    this.made.set(id, call);
    station.whenOpen((opening) => {
      if (opening !== null) return call.end({ ok: false, error: opening });
      box.post(
        body,
        (error) => {
          if (error === null) call.stored();
          else call.end({ ok: false, error });
        },
        { id, key: plan.key },
      );
    });
    return call;
  }

  ended(call: Call, failed: boolean): void {
    this.made.delete(call.id);
    if (failed) this.#failed.add(call);
  }

  joined(call: Call): void {
    this.#failed.delete(call);
  }

  /** Throws what has failed and was not joined. */
  throwFailures(): void {
    const errors = [...this.#failed].map(({ failure }) => failure);
    this.#failed.clear();
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} remote goroutines failed`);
  }

  // What others tell.

  #heard(news: unknown): void {
    const [kind, id, a, b] = Array.isArray(news) ? (news as unknown[]) : [];
    const call = this.made.get(id as string);
    if (kind === "begun" && typeof a === "string" && typeof b === "number") call?.begun(this.#peer(a), b);
    else if (kind === "done" && b instanceof Uint8Array) call?.end(outcomeOf(a === true, b));
    else if (kind === "back") call?.givenBack();
    else if (kind === "end" && typeof a === "number" && typeof b === "object" && b !== null) {
      const { late, cause } = b as End;
      this.jobs.get(id as string)?.end(a, cause, late === true);
    } else this.#home.report(new RemoteError("WIRE", `what was told to this process is not understood: ${show(news)}`));
  }

  // The worker.

  /** Works on a call, to its end. */
  *work(box: Box, f: Parallel, lease: Lease, base: AsyncScope): Go {
    const { link } = box;
    const { id, attempt } = lease.delivery;
    const [to, attempts, carries, bytes] = Array.isArray(lease.value) ? (lease.value as unknown[]) : [];
    if (typeof to !== "string" || typeof attempts !== "number" || !(bytes instanceof Uint8Array)) {
      link.settle(lease, "dead", 0, "it is not a call", ignore, ignore);
      return;
    }
    const caller = this.#peer(to);
    const answer = (ok: boolean, value: unknown): void => this.#answer(box, lease, caller, f.name, ok, value);
    if (attempt > attempts) {
      answer(false, lost(f.name));
      return;
    }
    let luggage: ReturnType<typeof unpack>;
    try {
      luggage = unpack(bytes);
    } catch (error) {
      const text = `go: the arguments of ${JSON.stringify(f.name)} can't be read here: ${(error as Error).message}`;
      answer(false, new RemoteError("WIRE", text, { cause: error }));
      return;
    }
    const job = new Job(f.name, caller, link, lease, luggage.end);
    this.jobs.set(id, job);
    const begun = new Alarm(this.p, () => caller.tell(["begun", id, this.station().address, attempt], ignore));
    begun.in(SHORT);
    let ok = true;
    let value: unknown;
    try {
      if (carries !== undefined) yield* enterScope(arrived(carries, base));
      const away = m.others?.call(f.fn, GRACE) ?? null;
      const args = luggage.args as never[];
      value = yield* away === null ? callHere(f.fn, args) : (away(...args) as Go<unknown>);
    } catch (error) {
      if (error instanceof Goexit) value = undefined;
      else {
        ok = false;
        value = error;
      }
    } finally {
      begun.stop();
      job.over(Canceled);
      this.jobs.delete(id);
    }
    if (carries !== undefined) yield* enterScope(base);
    if (!job.mute) answer(ok, value);
  }

  /** Tells the outcome, and acks once that is stored. */
  #answer(box: Box, lease: Lease, caller: Peer, name: string, ok: boolean, value: unknown): void {
    const { id } = lease.delivery;
    const told = (error: Error | null): void => {
      if (error instanceof Panic || lease.lost) return;
      if (error instanceof RemoteError && error.code === "UNREACHABLE") tell();
      else box.link.release(lease); // it was told, or what becomes of it does not matter
    };
    const bytes = (): Uint8Array => encodePortable(ok ? value : sendable(value), `go: the result of ${name}`);
    const tell = (): void => {
      try {
        caller.tell(["done", id, ok, bytes()], told);
      } catch (error) {
        caller.tell(["done", id, false, encodePortable(sendable(error), "")], told);
      }
    };
    tell();
  }

  /** Gives back what is being worked on, and says what that was. */
  giveBack(cause: unknown): string[] {
    const jobs = [...this.jobs.values()];
    for (const job of jobs) job.giveBack(cause);
    return jobs.map(({ name }) => `call ${JSON.stringify(name)}`);
  }

  /** Whether nothing is under way, in either direction. */
  get isQuiet(): boolean {
    return this.made.size === 0 && this.jobs.size === 0;
  }

  /** Ends what was begun by this process: the fleet is over. */
  end(error: Error): void {
    this.#station?.end();
    for (const call of [...this.made.values()]) call.end({ ok: false, error });
  }

  close(): void {
    this.#station?.close();
    this.#station = null;
  }
}

function outcomeOf(ok: boolean, bytes: Uint8Array): Parameters<Call["end"]>[0] {
  try {
    const value = decodePortable(bytes);
    return ok ? { ok, value } : { ok, error: value };
  } catch (error) {
    return { ok: false, error: new RemoteError("WIRE", "go: the result can't be read here", { cause: error }) };
  }
}

function ignore(): void {}
