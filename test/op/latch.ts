/** The latch of the guide, docs/guide/primitives.md, to the letter: `latch.test.ts` compares. */
import { currentRun, made, NO, Operation, type Thing, touch, type Waiter, WaitQueue } from "millrace/op";

let latches = 0;

/** A latch: closed at first, and once open, open for good. */
export class Latch implements Thing {
  readonly kind = "Latch";
  readonly id = ++latches; // traces and the inspector call it "Latch 1"
  readonly name: string | undefined;
  readonly p = currentRun(); // the run it belongs to
  readonly #waiters = new WaitQueue();
  readonly #wait = new LatchWait(this, this.#waiters);
  #open = false;

  constructor(name?: string) {
    this.name = name; // dumps show it
    touch(this); // for exploration: known from here on, in each schedule
  }

  /** Whether an attempt of `wait` would complete: the stepper asks. */
  ready(): boolean {
    return this.#open;
  }

  /** Lets everybody through, now and later. Never blocks. */
  open(): void {
    touch(this); // and changed here, outside of an operation
    this.#open = true;
    // A waiter on the queue waits, and may be completed at once. That comes after our own state is right.
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) w.complete(undefined, true);
  }

  /** Waits until the latch is open. Blocks until then. */
  wait() {
    return made(this.#wait); // in debug mode a wait that is never performed is warned of
  }
}

class LatchWait extends Operation<void> {
  readonly #latch: Latch;
  readonly #waiters: WaitQueue;

  constructor(latch: Latch, waiters: WaitQueue) {
    super();
    this.#latch = latch;
    this.#waiters = waiters;
  }

  override get verb() {
    return "wait"; // a dump says [Latch.wait]
  }

  override get on() {
    return this.#latch;
  }

  override attempt(): undefined | NO {
    return this.#latch.ready() ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    this.#waiters.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#waiters.remove(w);
  }
}
