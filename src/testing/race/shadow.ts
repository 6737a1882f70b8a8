/**
 * Who accessed what, and whether anything orders it.
 *
 * Of each thing (a property, an element, an entry of a map, the set of keys) it keeps the last write and the last read of
 * each goroutine since: what an earlier one conflicts with, these conflict with too, or came after. An access at a time at
 * which the same goroutine did the same before is not looked at again, so a loop pays for its first round.
 */
import type { G } from "../../runtime/g.ts";
import { type Access, RaceError } from "../../runtime/panic.ts";
import { programStack, rememberPlace } from "../../runtime/traceback.ts";
import type { Clock, Thread } from "./vector-clock.ts";

/** The set of an object's keys, or of a map's: its size, its order, who is in it. */
export const KEYS: unique symbol = Symbol("keys");

/** One access. The stack is formatted when somebody wants to see it. */
interface Record {
  readonly at: number;
  readonly time: number;
  readonly id: number;
  readonly name: string;
  stack?: string;
}

class Cell {
  /** What those knew who wrote it atomically. */
  released: Clock | null = null;
  write: Record | null = null;
  readonly reads: Map<number, Record> = new Map();
}

export class Shadow {
  readonly #cells = new Map<unknown, Cell>();

  /** `thread` accesses `key` atomically: a read hears of all that came before the writes. */
  atomic(kind: Access["kind"], key: unknown, thread: Thread, describe: () => string): void {
    const cell = this.#cells.get(key) ?? new Cell();
    this.#cells.set(key, cell);
    if (cell.released !== null) thread.acquire(cell.released, describe());
    if (kind === "write") cell.released = thread.release(cell.released ?? []);
  }

  /**
   * Notes that `g` accesses `key`, and says what that races with.
   *
   * @param from the innermost function of the library that the program called
   */
  access(
    kind: Access["kind"],
    key: unknown,
    g: G,
    thread: Thread,
    describe: () => string,
    from: (...args: never[]) => unknown,
  ): RaceError | null {
    const cell = this.#cells.get(key) ?? new Cell();
    this.#cells.set(key, cell);
    const { at, now } = thread;
    const before = kind === "write" ? cell.write : cell.reads.get(at);
    if (before?.at === at && before.time === now) return null;
    const record: Record = { at, time: now, id: g.id, name: g.name };
    rememberPlace(record, from);
    let rival: readonly [Record, Access["kind"]] | null = null;
    if (cell.write !== null && !thread.knows(cell.write.at, cell.write.time)) rival = [cell.write, "write"];
    if (kind === "write") {
      for (const read of cell.reads.values()) {
        if (rival === null && !thread.knows(read.at, read.time)) rival = [read, "read"];
      }
      cell.write = record;
      cell.reads.clear();
    } else cell.reads.set(at, record);
    if (rival === null) return null;
    const [first, firstKind] = rival;
    return new RaceError(
      describe(),
      [access(firstKind, first), access(kind, record)],
      missing(firstKind, first, kind, record, thread),
    );
  }
}

function access(kind: Access["kind"], { id, name, stack }: Record): Access {
  return { kind, goroutine: { id, name }, stack: programStack(stack) };
}

/** The edge that would have ordered two accesses, and the last one there was. */
function missing(firstKind: string, first: Record, kind: string, second: Record, thread: Thread): string {
  const via = thread.via[first.at];
  const last =
    via === undefined
      ? `goroutine ${second.id} has heard nothing of goroutine ${first.id}`
      : `the last that goroutine ${second.id} heard of goroutine ${first.id}, before that ${firstKind}, was through ${via}`;
  return [
    `missing: anything from goroutine ${first.id}, after its ${firstKind}, to goroutine ${second.id}, before its ${kind}:`,
    "a lock held around both, a value through a channel, a wait group, a join",
    `(${last})`,
  ].join("\n");
}
