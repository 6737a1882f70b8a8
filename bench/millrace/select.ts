/** `k` producers, each on an unbuffered channel of its own, and one goroutine that takes from whichever is ready. */
import { type Chan, chan, go, run, select } from "millrace";
import { check, sumTo } from "../program.ts";
import { producer } from "./hand-off.ts";

function start(k: number, each: number): Chan<number, number>[] {
  return Array.from({ length: k }, () => {
    const ch = chan<number>(0, { zero: 0 });
    go(producer, ch, each);
    return ch;
  });
}

/** The cases are written where the select is, as in Go. */
export function select2(n: number): Promise<void> {
  return run(function* () {
    const a = chan<number>(0, { zero: 0 });
    const b = chan<number>(0, { zero: 0 });
    go(producer, a, n / 2);
    go(producer, b, n / 2);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const s = yield* select({ a: a.recv(), b: b.recv() });
      sum += s.value;
    }
    check(sum, 2 * sumTo(n / 2));
  });
}

/** The select is made once and performed n times. */
export function select2Hoisted(n: number): Promise<void> {
  return run(function* () {
    const a = chan<number>(0, { zero: 0 });
    const b = chan<number>(0, { zero: 0 });
    go(producer, a, n / 2);
    go(producer, b, n / 2);
    const either = select({ a: a.recv(), b: b.recv() });
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const s = yield* either;
      sum += s.value;
    }
    check(sum, 2 * sumTo(n / 2));
  });
}

export function select16(n: number): Promise<void> {
  return run(function* () {
    const chs = start(16, n / 16);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const s = yield* select(chs.map((ch) => ch.recv()));
      sum += s.value;
    }
    check(sum, 16 * sumTo(n / 16));
  });
}

export function select16Hoisted(n: number): Promise<void> {
  return run(function* () {
    const any = select(start(16, n / 16).map((ch) => ch.recv()));
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const s = yield* any;
      sum += s.value;
    }
    check(sum, 16 * sumTo(n / 16));
  });
}
