/**
 * The pages of the shared memory, of 4 KiB each, from which isolates take spans: as many pages in a row as they need
 * (Go's `mpagealloc.go`). A word a page says whether it is free, and of a span's first page how long it is and whose.
 *
 *     0                       free
 *     owner + 1               belongs to a span whose first page comes before, or is about to
 *     length << 9 | owner+1   the first of a span of that many pages
 *
 * No lock: each page is taken with a compare-and-swap, from the lowest up, and the first one gets its length last. So what
 * a thread that dies in between has taken is seen by that its first page has no length, and is given back by `sweep`. A
 * span is given back from its end: first it is made shorter, then the page is free. The search begins at the lowest page that may be free,
 * `LOW`, which has a count of what was given back in its upper bits: so no search that began before can raise it again.
 *
 * First fit, lowest address first, keeps what is free together at the end.
 *
 * Rejected: buddies (a third more is wasted on sizes just above a power of two, and two free neighbours of different pairs
 * stay apart); one lock (a thread that dies with it stops all).
 */
import { LOW, PAGE_TABLE, PAGES, PAGES_USED } from "./layout.ts";

/** Words of a page. */
export const PAGE = 1024;

const OWNER_BITS = 9;
const OWNER: number = 2 ** OWNER_BITS - 1;
const LOW_BITS = 21;
const LOW_MASK: number = 2 ** LOW_BITS - 1;

/** Takes `n` pages in a row for `owner`; gives the first, -1 for none. They are no span before `makeSpan`. */
export function takePages(i32: Int32Array, n: number, owner: number): number {
  for (let everywhere = false; ; ) {
    const seen = Atomics.load(i32, LOW);
    const { page, lowest } = find(i32, everywhere ? 0 : seen & LOW_MASK, n);
    if (page < 0) {
      if (everywhere) return -1;
      everywhere = true; // the hint is one
      continue;
    }
    if (!claim(i32, page, n, owner)) continue;
    Atomics.add(i32, PAGES_USED, n);
    const low = lowest === page ? page + n : lowest;
    Atomics.compareExchange(i32, LOW, seen, (seen & ~LOW_MASK) | low);
    return page;
  }
}

/** `n` free pages in a row, and the lowest free one; -1 for none. */
function find(i32: Int32Array, from: number, n: number): { readonly page: number; readonly lowest: number } {
  const pages = pagesIn(i32);
  let lowest = -1;
  let free = 0;
  for (let at = from; at < pages; ) {
    const word = Atomics.load(i32, PAGE_TABLE + at);
    if (word !== 0) {
      at += word >>> OWNER_BITS || 1;
      free = 0;
      continue;
    }
    if (lowest < 0) lowest = at;
    at++;
    if (++free === n) return { page: at - n, lowest };
  }
  return { page: -1, lowest };
}

/** How many pages there are: not more than have a word, whatever is written there. */
function pagesIn(i32: Int32Array): number {
  return Math.min(i32[PAGES] as number, i32.length - PAGE_TABLE);
}

/** Takes those pages; none of them if another thread was quicker. */
function claim(i32: Int32Array, page: number, n: number, owner: number): boolean {
  for (let i = 0; i < n; i++) {
    if (Atomics.compareExchange(i32, PAGE_TABLE + page + i, 0, owner + 1) === 0) continue;
    if (i > 0) {
      // Another thread may have passed over them meanwhile.
      while (--i >= 0) Atomics.store(i32, PAGE_TABLE + page + i, 0);
      lower(i32, page);
    }
    return false;
  }
  return true;
}

/** What was taken is a span from now on, and set up. */
export function makeSpan(i32: Int32Array, page: number, n: number, owner: number): void {
  Atomics.store(i32, PAGE_TABLE + page, (n << OWNER_BITS) | (owner + 1));
}

/** How many pages the span has that begins there; 0 if none does. */
export function pagesOf(i32: Int32Array, page: number): number {
  return Atomics.load(i32, PAGE_TABLE + page) >>> OWNER_BITS;
}

/** Whose page it is; -1 for a free one. */
export function ownerOf(i32: Int32Array, page: number): number {
  return (Atomics.load(i32, PAGE_TABLE + page) & OWNER) - 1;
}

/** Gives back the span that begins there, whose owner this isolate is then. */
export function givePages(i32: Int32Array, page: number, owner: number): void {
  const n = pagesOf(i32, page);
  for (let left = n - 1; left > 0; left--) {
    makeSpan(i32, page, left, owner);
    Atomics.store(i32, PAGE_TABLE + page + left, 0);
  }
  Atomics.store(i32, PAGE_TABLE + page, 0);
  Atomics.sub(i32, PAGES_USED, n);
  lower(i32, page);
}

function lower(i32: Int32Array, page: number): void {
  for (let seen = Atomics.load(i32, LOW); ; ) {
    const low = Math.min(seen & LOW_MASK, page);
    const now = Atomics.compareExchange(i32, LOW, seen, (((seen >>> LOW_BITS) + 1) << LOW_BITS) | low);
    if (now === seen) return;
    seen = now;
  }
}

/**
 * Calls `span` for each span of an isolate that is gone, which may give it back, and gives back what it had taken and not
 * made a span of.
 */
export function sweep(i32: Int32Array, owner: number, span: (page: number) => void): void {
  const pages = pagesIn(i32);
  for (let at = 0; at < pages; ) {
    const n = pagesOf(i32, at);
    if (ownerOf(i32, at) !== owner) at += n || 1;
    else if (n > 0) {
      span(at);
      at += n;
    } else {
      Atomics.store(i32, PAGE_TABLE + at, 0);
      Atomics.sub(i32, PAGES_USED, 1);
      lower(i32, at);
      at++;
    }
  }
}
