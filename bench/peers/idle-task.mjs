/** Occupies a thread until all have one. */
export default function hold({ gate, n }) {
  Atomics.add(gate, 0, 1);
  Atomics.notify(gate, 0);
  for (let there = Atomics.load(gate, 0); there < n; there = Atomics.load(gate, 0)) Atomics.wait(gate, 0, there);
}
