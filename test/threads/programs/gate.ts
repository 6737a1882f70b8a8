/** As many threads as there may be, each occupied until all have one. */
import { type Go, go, main, runtime } from "millrace";
import { parallel } from "millrace/threads";

const hold = parallel(import.meta, "hold", (gate: Int32Array, n: number) => {
  Atomics.add(gate, 0, 1);
  Atomics.notify(gate, 0);
  for (let there = Atomics.load(gate, 0); there < n; there = Atomics.load(gate, 0)) Atomics.wait(gate, 0, there);
  return Atomics.load(gate, 0);
});

function* occupy(n: number): Go<number[]> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const all = Array.from({ length: n }, () => go(hold, gate, n));
  const there: number[] = [];
  for (const g of all) there.push(yield* g.join());
  return there;
}

main(function* () {
  console.log(runtime.gomaxprocs(1), yield* occupy(1));
  console.log(runtime.gomaxprocs(2), yield* occupy(2));
  console.log(runtime.gomaxprocs(5), yield* occupy(5));
  console.log(runtime.gomaxprocs(0));
});
