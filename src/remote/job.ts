/** A call that this process works on: what another process has started with `fleet.go`. */
import type { Lease, Link } from "./link.ts";
import type { End } from "./luggage.ts";
import type { Peer } from "./station.ts";

/** What ends the contexts among the arguments. */
type EndContexts = (at: number, end: End) => void;

export class Job {
  readonly id: string;
  readonly name: string;
  readonly caller: Peer;
  readonly #link: Link;
  readonly #lease: Lease;
  readonly #end: EndContexts;
  /** Nothing is to be said of how it ends: the message is another's by now, or its caller is gone. */
  mute = false;
  readonly #callerGone = (): void => this.end(-1, new Error("the process that started this goroutine is gone"));

  constructor(name: string, caller: Peer, link: Link, lease: Lease, end: EndContexts) {
    this.id = lease.delivery.id;
    this.name = name;
    this.caller = caller;
    this.#link = link;
    this.#lease = lease;
    this.#end = end;
    lease.onLost = (error) => {
      this.mute = true;
      this.end(-1, error);
    };
    caller.watch(this.#callerGone);
  }

  /** Ends a context among the arguments, all of them for -1. */
  end(at: number, cause: unknown, late = false): void {
    this.#end(at, { late, cause });
  }

  /** Gives it back: another process is to begin it anew, and this was no attempt. */
  giveBack(cause: unknown): void {
    if (this.mute) return;
    this.mute = true;
    this.caller.tell(["back", this.id], () => {});
    this.#link.giveBack(this.#lease);
    this.end(-1, cause);
  }

  /** Its function has ended. */
  over(cause: unknown): void {
    this.caller.unwatch(this.#callerGone);
    this.#lease.onLost = null;
    this.end(-1, cause);
  }
}
