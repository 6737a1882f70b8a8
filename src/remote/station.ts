/**
 * How the processes of a fleet find each other. A process that calls or serves has a station, which is two boxes under an
 * address that no other ever has:
 *
 *     in:ADDRESS     what others tell it: that a call has begun, its outcome, the end of a context
 *     life:ADDRESS   one message, which the process itself has leased for as long as it lives
 *
 * Another one that wants to know of its end receives from its life: it gets that message when the lease has lapsed, or the box
 * is dropped. So the news of a death is a delivery like any other: every server has it, in time, without a poll, and in virtual
 * time, too. Who gets it drops both boxes, which tells the others.
 *
 * Rejected: signs of life that are counted (each pair of processes polls); what servers know of connections (a connection
 * can break while the process goes on, and SQLite has none); a bus without storage beside the queues (an outcome would be
 * lost with a connection, and each server would have to have one).
 */
import { Panic } from "../runtime/panic.ts";
import { type Box, Ear } from "./box.ts";
import { RemoteError } from "./error.ts";
import type { Lease } from "./link.ts";

/** What stations need of the fleet. */
export interface Home {
  /** @param stays it is heard until the fleet is left, also while that is drained */
  box(name: string, stays: boolean): Box;
  /** Forgets a box. */
  leave(box: Box): void;
}

/** How many messages are brought to an inbox without being asked for each. */
const AHEAD = 64;

/** Gives up a box, with what is in it, for all processes. */
function drop(home: Home, box: Box, done: () => void = () => {}): void {
  const gone = (): void => {
    home.leave(box);
    box.link.end(new Panic("CLOSED_FLEET"));
    done();
  };
  box.link.question("drop", undefined, gone, gone);
}

/** This process, as others find it. */
export class Station {
  readonly address: string;
  readonly #home: Home;
  readonly #inbox: Box;
  readonly #life: Box;
  readonly #ear: Ear;
  #lease: Lease | null = null;
  /** Those that wait until it is open; null once it is. */
  #waiting: ((error: Error | null) => void)[] | null = [];
  #error: Error | null = null;
  readonly #lost: (error: Error) => void;

  /**
   * @param heard gets what others tell
   * @param lost others take this process for gone: it was silent for longer than its lease
   */
  constructor(home: Home, address: string, heard: (news: unknown) => void, lost: (error: Error) => void) {
    this.address = address;
    this.#home = home;
    this.#lost = lost;
    this.#inbox = home.box(`in:${address}`, true);
    this.#life = home.box(`life:${address}`, true);
    this.#ear = new Ear(
      this.#inbox,
      (lease) => {
        this.#inbox.link.release(lease);
        heard(lease.value);
      },
      (error) => this.fail(error as Error),
    );
    const born = new Ear(
      this.#life,
      (lease) => {
        born.stop();
        this.#lease = lease;
        lease.onLost = () => this.fail(silent());
        this.#opened(null);
      },
      (error) => this.fail(error as Error),
    );
    this.#inbox.link.ahead(AHEAD);
    this.#ear.listen();
    this.#life.post(this.#life.encode(address), (error) => (error === null ? born.listen() : this.fail(error)));
  }

  /** Calls `fn` once others can find it, or it has failed. */
  whenOpen(fn: (error: Error | null) => void): void {
    if (this.#error !== null || this.#waiting === null) fn(this.#error);
    else this.#waiting.push(fn);
  }

  #opened(error: Error | null): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const fn of waiting) fn(error);
  }

  fail(error: Error): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#ear.stop();
    this.#opened(error);
    this.#lost(error);
  }

  /** The fleet is over. */
  end(): void {
    this.#ear.stop();
    this.#error ??= new Panic("CLOSED_FLEET");
    if (this.#lease !== null) this.#lease.onLost = null;
  }

  /** Leaves for good, and tells so. */
  close(): void {
    this.end();
    drop(this.#home, this.#inbox);
    drop(this.#home, this.#life);
  }
}

function silent(): RemoteError {
  return new RemoteError(
    "LOST",
    "this process was silent for longer than its lease, so others took it for gone: its remote goroutines were cancelled",
  );
}

/** Another process. */
export class Peer {
  readonly address: string;
  readonly #home: Home;
  readonly #inbox: Box;
  readonly #life: Box;
  #ear: Ear | null = null;
  readonly #watchers = new Set<() => void>();
  #gone = false;
  readonly #forget: () => void;

  /** @param forget it is gone */
  constructor(home: Home, address: string, forget: () => void) {
    this.address = address;
    this.#home = home;
    this.#forget = forget;
    this.#inbox = home.box(`in:${address}`, true);
    this.#life = home.box(`life:${address}`, true);
    // It may have been gone for long, and then opening its box has made an empty one.
    this.#life.link.question(
      "stats",
      undefined,
      ({ ready, leased }) => {
        if (ready + leased === 0) this.#die();
      },
      () => {},
    );
  }

  /**
   * Tells it something.
   *
   * @throws ArgumentError when that is too large
   */
  tell(news: unknown, done: (error: Error | null) => void): void {
    this.#inbox.post(this.#inbox.encode(news), done);
  }

  /** Calls `fn` once it is gone. */
  watch(fn: () => void): void {
    if (this.#gone) {
      fn();
      return;
    }
    this.#watchers.add(fn);
    if (this.#ear !== null) return;
    this.#ear = new Ear(
      this.#life,
      () => this.#die(),
      (error) => {
        if (error instanceof RemoteError && error.code === "STATE_LOST") this.#die();
      },
    );
    this.#ear.listen();
  }

  unwatch(fn: () => void): void {
    if (!this.#watchers.delete(fn) || this.#watchers.size > 0) return;
    this.#ear?.stop();
    this.#ear = null;
  }

  #die(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#ear?.stop();
    this.#forget();
    for (const fn of [...this.#watchers]) fn();
    drop(this.#home, this.#inbox);
    drop(this.#home, this.#life);
  }
}
