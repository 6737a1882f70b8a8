/** Who sent the values that are in a channel's buffer, for the arrows from them to who receives them. */
import type { Point } from "./timeline.ts";

export class Senders {
  name = "";
  /** Values in the buffer, the oldest ones, that were there before anything was known of the channel. */
  #unknown: number;
  /** Who sent the others, oldest first, from `#head` on. */
  #senders: Point[] = [];
  #head = 0;

  constructor(unknown: number) {
    this.#unknown = unknown;
  }

  copy(): Senders {
    const copy = new Senders(this.#unknown);
    copy.name = this.name;
    copy.#senders = this.#senders.slice(this.#head);
    return copy;
  }

  push(from: Point): void {
    this.#senders.push(from);
  }

  /** Takes out who sent the oldest value in the buffer, if that is known. */
  shift(): Point | undefined {
    if (this.#unknown > 0) {
      this.#unknown--;
      return undefined;
    }
    const from = this.#senders[this.#head++];
    if (this.#head > 1000 && this.#head * 2 > this.#senders.length) {
      this.#senders.splice(0, this.#head);
      this.#head = 0;
    }
    return from;
  }
}
