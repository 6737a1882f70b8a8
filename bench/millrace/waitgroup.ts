/** Starts a thousand goroutines and waits for all of them, again and again. */
import { type Go, go, run } from "millrace";
import { WaitGroup } from "millrace/sync";
import { check, GROUP } from "../program.ts";

function* member(wg: WaitGroup, add: () => void): Go {
  add();
  wg.done();
}

/** With `add` and `done`, as Go programs are written. */
export function addDone(n: number): Promise<void> {
  return run(function* () {
    let count = 0;
    const add = () => {
      count++;
    };
    const wg = new WaitGroup();
    for (let i = 0; i < n; i += GROUP) {
      wg.add(GROUP);
      for (let k = 0; k < GROUP; k++) go(member, wg, add);
      yield* wg.wait();
    }
    check(count, n);
  });
}

/** With `wg.go`. */
export function wgGo(n: number): Promise<void> {
  return run(function* () {
    let count = 0;
    const add = () => {
      count++;
    };
    const wg = new WaitGroup();
    for (let i = 0; i < n; i += GROUP) {
      for (let k = 0; k < GROUP; k++) wg.go(add);
      yield* wg.wait();
    }
    check(count, n);
  });
}
