/** Who sent the values that are in a channel's buffer, for the arrows from them to who receives them. */
import { Deque } from "../runtime/deque.ts";
import type { Point } from "./timeline.ts";

export class Senders {
  name = "";
  /** Values in the buffer, the oldest ones, that were there before anything was known of the channel. */
  #unknown: number;
  /** Who sent the others, oldest first. */
  readonly #senders: Deque<Point> = new Deque();

  constructor(unknown: number) {
    this.#unknown = unknown;
  }

  copy(): Senders {
    const copy = new Senders(this.#unknown);
    copy.name = this.name;
    for (let i = 0; i < this.#senders.length; i++) copy.#senders.push(this.#senders.at(i));
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
    return this.#senders.length > 0 ? this.#senders.shift() : undefined;
  }
}
