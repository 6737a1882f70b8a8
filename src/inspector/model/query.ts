/**
 * A page out of a hundred thousand goroutines: filtered, grouped, sorted.
 *
 * What is sorted by has few values (names, reasons, places) or is a number, so it becomes a number per goroutine, and only
 * the page is put in order: the rest is divided around it as in quicksort. A full sort with a comparison of texts would
 * take a hundred times as long.
 */
import type { GoroutineQuery, Questions } from "../protocol.ts";
import type { Routine } from "./routines.ts";

type Answer = Questions["goroutines"]["answer"];

const KEYS: Readonly<Record<NonNullable<GoroutineQuery["group"]>, (routine: Routine) => string>> = {
  name: (routine) => routine.name,
  state: (routine) => routine.state,
  reason: (routine) => (routine.state === "waiting" ? routine.waitsFor.reason : ""),
  origin: (routine) => routine.origin,
  thread: (routine) => String(routine.thread),
};

/** Whether a text contains `part`; texts are few, so each is looked at once. */
function contains(part: string): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = text.toLowerCase().includes(part);
      known.set(text, answer);
    }
    return answer;
  };
}

/** Whether a goroutine fits the text that somebody looks for. */
export function matcher(filter: string): (routine: Routine) => boolean {
  const part = filter.trim().toLowerCase();
  if (part === "") return () => true;
  const has = contains(part);
  const isId = /^[\d/@]+$/.test(part);
  return (routine) =>
    has(routine.name) || has(KEYS.reason(routine)) || has(routine.origin) || (isId && routine.id.includes(part));
}

export function query(routines: Iterable<Routine>, ask: GoroutineQuery): Answer {
  const { filter = "", states, sort = "id", descending = false, group, offset, limit } = ask;
  const fits = matcher(filter);
  const wanted = states === undefined ? null : new Set(states);
  const groups = new Map<string, number>();
  const found: Routine[] = [];
  let total = 0;
  for (const routine of routines) {
    total++;
    if ((wanted !== null && !wanted.has(routine.state)) || !fits(routine)) continue;
    if (group !== undefined) {
      const key = KEYS[group](routine);
      groups.set(key, (groups.get(key) ?? 0) + 1);
      if (ask.in !== undefined && ask.in !== key) continue;
    }
    found.push(routine);
  }
  const rows = windowOf(found, keysOf(found, sort), descending, offset, limit).map((routine) => routine.row());
  const counted = [...groups].map(([key, count]) => ({ key, count }));
  counted.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  return { total, matching: found.length, groups: counted.slice(0, 1000), rows };
}

/** What to sort by, as a number for each. */
function keysOf(found: readonly Routine[], sort: NonNullable<GoroutineQuery["sort"]>): Float64Array {
  const keys = new Float64Array(found.length);
  if (sort === "id" || sort === "since" || sort === "thread") {
    for (let i = 0; i < found.length; i++) {
      const routine = found[i] as Routine;
      keys[i] = sort === "id" ? routine.key : sort === "since" ? routine.since : routine.thread;
    }
    return keys;
  }
  const textOf = KEYS[sort];
  const texts = new Map<string, number>();
  for (let i = 0; i < found.length; i++) {
    const text = textOf(found[i] as Routine);
    let number = texts.get(text);
    if (number === undefined) {
      number = texts.size;
      texts.set(text, number);
    }
    keys[i] = number;
  }
  const sorted = [...texts.keys()].sort();
  const ranks = new Float64Array(sorted.length);
  for (const [rank, text] of sorted.entries()) ranks[texts.get(text) as number] = rank;
  for (let i = 0; i < keys.length; i++) keys[i] = ranks[keys[i] as number] as number;
  return keys;
}

/** Those from `offset` on in the order of `keys`; those of one key in the order in which they are. */
export function windowOf<T>(
  all: readonly T[],
  keys: Float64Array,
  descending: boolean,
  offset: number,
  limit: number,
): T[] {
  const end = Math.min(all.length, offset + limit);
  if (offset >= end) return [];
  const order = new Uint32Array(all.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const sign = descending ? -1 : 1;
  const compare = (a: number, b: number): number => sign * ((keys[a] as number) - (keys[b] as number)) || a - b;
  if (!inOrder(keys, descending)) {
    divide(order, offset, compare);
    divide(order, end, compare);
    order.subarray(offset, end).sort(compare);
  }
  return Array.from(order.subarray(offset, end), (i) => all[i] as T);
}

function inOrder(keys: Float64Array, descending: boolean): boolean {
  for (let i = 1; i < keys.length; i++) {
    const step = (keys[i] as number) - (keys[i - 1] as number);
    if (descending ? step > 0 : step < 0) return false;
  }
  return true;
}

/** Moves the `n` least to the front. By chance, so that no order in which they come is a bad one. */
function divide(order: Uint32Array, n: number, compare: (a: number, b: number) => number): void {
  let low = 0;
  let high = order.length - 1;
  let chance = 1;
  while (low < high && n > low && n <= high) {
    chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
    const pivot = order[low + (chance % (high - low + 1))] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while (compare(order[i] as number, pivot) < 0) i++;
      while (compare(order[j] as number, pivot) > 0) j--;
      if (i > j) break;
      const swapped = order[i] as number;
      order[i++] = order[j] as number;
      order[j--] = swapped;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else return;
  }
}
