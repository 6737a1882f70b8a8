/**
 * The fields of a channel's `hchan`, as Go's runtime names them, followed from outside through the runtime's events.
 *
 * Shared by the examples that look under the hood. Start it before the channel is made, and give the channel that name.
 */
import { listen, type RuntimeEvent } from "millrace";

/** What is known of one channel. */
export class Hchan implements Disposable {
  /** Number of elements currently in the queue. */
  qcount = 0;
  /** Size of the circular buffer. */
  dataqsiz = 0;
  /** Next slot to write to. */
  sendx = 0;
  /** Next slot to read from. */
  recvx = 0;
  /** Goroutines that wait to send, first in, first out. */
  sendq: string[] = [];
  /** Goroutines that wait to receive. */
  recvq: string[] = [];
  closed = false;

  readonly #name: string;
  readonly #stop: () => void;
  #id = 0;

  constructor(name: string) {
    this.#name = name;
    this.#stop = listen((event) => this.#follow(event));
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  toString(): string {
    const { qcount, dataqsiz, sendx, recvx, sendq, recvq, closed } = this;
    return (
      `qcount=${qcount} dataqsiz=${dataqsiz} sendx=${sendx} recvx=${recvx} ` +
      `sendq=[${sendq.join(" ")}] recvq=[${recvq.join(" ")}] closed=${closed ? 1 : 0}`
    );
  }

  #follow(event: RuntimeEvent): void {
    if (event.kind === "chan-make" && event.name === this.#name) {
      this.#id = event.chan;
      this.dataqsiz = event.capacity;
    } else if (event.kind === "go-ready") this.#wake(goroutine(event.g));
    else if ("chan" in event && event.chan === this.#id) this.#change(event);
  }

  #change(event: RuntimeEvent & { chan: number }): void {
    const next = (index: number): number => (index + 1) % this.dataqsiz;
    switch (event.kind) {
      case "go-park":
        (event.reason === "chan send" ? this.sendq : this.recvq).push(goroutine(event.g));
        break;
      case "chan-send":
        if (!event.direct) this.sendx = next(this.sendx);
        this.qcount = event.length;
        break;
      case "chan-recv":
        if (event.direct || !event.ok) break;
        this.recvx = next(this.recvx);
        // As many as before: the value of a parked sender went into the slot that became free.
        if (event.length === this.qcount) this.sendx = this.recvx;
        this.qcount = event.length;
        break;
      case "chan-close":
        this.closed = true;
    }
  }

  #wake(name: string): void {
    this.sendq = this.sendq.filter((waiting) => waiting !== name);
    this.recvq = this.recvq.filter((waiting) => waiting !== name);
  }
}

/** What the specification calls a goroutine: G_main, then G1, G2, … in the order they were started. */
export const goroutine = (id: number): string => (id === 1 ? "G_main" : `G${id - 1}`);
