/** Putting results that come as they get done back into the order of their jobs. */
import { chan, go, type RecvChan, range } from "millrace";

/** Passes on results by their number, from 0; those that come early are kept until it is their turn. */
export function inOrder<R extends { readonly at: number }>(results: RecvChan<R>): RecvChan<R> {
  const ordered = chan<R>(0, { name: "ordered" });
  go(function* sorter() {
    const early = new Map<number, R>();
    let next = 0;
    for (const r = range(results); yield* r.next(); ) {
      early.set(r.value.at, r.value);
      for (let due = early.get(next); due !== undefined; due = early.get(++next)) {
        early.delete(next);
        yield* ordered.send(due);
      }
    }
    ordered.close();
  });
  return ordered;
}
