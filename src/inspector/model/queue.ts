/** Who waits for a thing, in the order in which they came. */
import type { GoroutineId, Queued } from "../protocol.ts";
import type { Routine } from "./routines.ts";

interface Waiting {
  /** Null for an async function of which is not known which goroutine it is. */
  readonly routine: Routine | null;
  readonly since: number;
  readonly select: boolean;
}

export class Queue implements Iterable<Waiting> {
  readonly #waiting = new Map<number, Waiting>();

  get length(): number {
    return this.#waiting.size;
  }

  /** `key` is that of the goroutine, or the number of an `await`, negative. */
  add(key: number, routine: Routine | null, since: number, select: boolean): void {
    if (!this.#waiting.has(key)) this.#waiting.set(key, { routine, since, select });
  }

  delete(key: number): void {
    this.#waiting.delete(key);
  }

  has(key: number): boolean {
    return this.#waiting.has(key);
  }

  [Symbol.iterator](): IterableIterator<Waiting> {
    return this.#waiting.values();
  }

  get first(): Waiting | undefined {
    return this.#waiting.values().next().value;
  }

  ids(most: number): GoroutineId[] {
    const ids: GoroutineId[] = [];
    for (const { routine } of this) {
      if (ids.length === most) break;
      if (routine !== null) ids.push(routine.id);
    }
    return ids;
  }

  queued(most: number): Queued[] {
    const queued: Queued[] = [];
    for (const { routine, select } of this) {
      if (queued.length === most) break;
      queued.push({ g: routine?.id ?? "", name: routine?.name ?? "async function", value: "", select });
    }
    return queued;
  }
}
