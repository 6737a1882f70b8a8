/**
 * What `debounce` and `throttle` have in common: of the values that come, the latest is kept until it is due, and those
 * before it are dropped.
 *
 * So these listen to a channel all the time, also while nobody receives: a value must count when it comes. Only the tap on
 * the channel stands for that; whether the value that is kept is due is seen by the clock, and a timer is set only while
 * somebody waits for it. An async iterable makes its values when it is asked, perhaps without end, so it is read only
 * while somebody receives; a plain one, whose values are all there already, only while nothing is kept.
 */
import { CLOSED } from "../chan/closed.ts";
import { macrotask } from "../runtime/host.ts";
import { NO } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { AskedInlet, type Inlet, IterInlet } from "./source.ts";
import { Flow, type Stream, type StreamOptions } from "./stream.ts";

/** How many values may come before the host has a turn. */
const CROWD = 64;

/** The channel that `debounce` and `throttle` give. It keeps at most one value, the latest that is not due yet. */
export interface PacedStream<out T> extends Stream<T> {
  /** Makes the value that is kept due now. Never blocks. Does nothing when none is kept. */
  flush(): void;
  /** Drops the value that is kept; later ones come as ever. Never blocks. Does nothing when none is kept. */
  cancel(): void;
}

export abstract class Paced<T> extends Flow<T> implements PacedStream<T> {
  readonly #inlet: Inlet<T>;
  /** It is a channel. */
  readonly #listens: boolean;
  /** It is a plain iterable. */
  readonly #ready: boolean;
  readonly #timer: RuntimeTimer;
  #kept: { readonly value: T } | null = null;
  /** What is kept is due, whatever the time. */
  #flushed = false;
  #sourceEnded = false;
  /** Values that came since the host had a turn. */
  #crowd = 0;

  constructor(name: string, inlet: Inlet<T>, options: StreamOptions) {
    super(name, options);
    this.#inlet = this.listen(inlet);
    this.#ready = inlet instanceof IterInlet;
    this.#listens = !this.#ready && !(inlet instanceof AskedInlet);
    this.#timer = new RuntimeTimer(this.p.timers, () => this.serve(), undefined);
  }

  /** When the value that is kept is due. */
  protected abstract due(sourceEnded: boolean): number;
  /** Whether a value that comes now is to be kept. */
  protected abstract wants(now: number): boolean;
  /** The value that was kept goes out. */
  protected abstract gave(now: number): void;

  /** Begins to listen, unless the context is done: then it takes nothing. */
  start(): this {
    if (this.done) this.stop();
    if (this.#listens && !this.ended) {
      listeners(this.p).add(this);
      this.#read();
    }
    return this;
  }

  /** Takes what the source has and waits for more. */
  #read(): void {
    try {
      for (;;) {
        const value = this.#inlet.take();
        if (value === NO) break;
        this.keep(this.#inlet, value);
        if (value === CLOSED) return;
      }
      super.watched();
    } catch (error) {
      this.failed(error);
    }
  }

  protected override keep(_inlet: Inlet, value: unknown): void {
    if (value === CLOSED) {
      this.#sourceEnded = true;
      this.unlisten(this.#inlet);
    } else if (this.wants(this.p.clock.now())) {
      this.#kept = { value: value as T };
      this.#flushed = false;
    }
  }

  protected override poll(): T | NO | typeof CLOSED {
    if (!this.#listens) this.#ask();
    const kept = this.#kept;
    if (kept === null) return this.#sourceEnded ? CLOSED : NO;
    const now = this.p.clock.now();
    if (this.#when > now) return NO;
    this.#kept = null;
    this.gave(now);
    return kept.value;
  }

  /** When what is kept is due. */
  get #when(): number {
    return this.#flushed ? -Infinity : this.due(this.#sourceEnded);
  }

  flush(): void {
    if (this.#kept === null) return;
    this.#flushed = true;
    this.serve();
  }

  cancel(): void {
    if (this.#kept === null) return;
    this.#kept = null;
    this.serve();
  }

  /** For a source that has values when it is asked: asks until it has to be waited for. */
  #ask(): void {
    while (!this.#sourceEnded && (this.#kept === null || !this.#ready)) {
      const value = this.#inlet.take();
      if (value === NO) return;
      this.keep(this.#inlet, value);
    }
  }

  override arrived(inlet: Inlet, value: unknown): void {
    if (inlet !== this.#inlet) {
      this.stop(); // The context is done. Nobody may be receiving, and to listen on would find it done again.
      return;
    }
    if (!this.#listens && ++this.#crowd > CROWD) {
      // It has a value whenever it is asked. That goes on in microtasks, and timers would never have their turn.
      this.keep(inlet, value);
      macrotask(() => {
        this.#crowd = 0;
        this.serve();
      });
      return;
    }
    super.arrived(inlet, value);
    if (this.#listens && !this.ended && !this.#sourceEnded) this.#read();
  }

  protected override watched(): void {
    super.watched();
    const { timers } = this.p;
    timers.remove(this.#timer);
    if (this.#kept !== null) timers.add(this.#timer, this.#when, timers.order());
  }

  protected override unwatched(): void {
    this.p.timers.remove(this.#timer);
    if (!this.#listens) super.unwatched();
  }

  protected override release(): void {
    this.p.timers.remove(this.#timer);
    listeners(this.p).delete(this);
  }
}

/** What listens in each run: a source may outlive the run, and must not go on giving to what ended with it. */
const listening = new WeakMap<P, Set<Paced<unknown>>>();

function listeners(p: P): Set<Paced<unknown>> {
  let all = listening.get(p);
  if (all === undefined) {
    const set = new Set<Paced<unknown>>();
    listening.set(p, set);
    p.atEnd.push(() => {
      for (const each of set) each.stop();
    });
    all = set;
  }
  return all;
}
