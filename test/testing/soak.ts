/**
 * `npm run soak:leaks`: ten million goroutines that all end, in a run that holds them weakly while they wait. Not one may be
 * reported, and none may be kept. `npm run soak:leaks -- N` starts N.
 */
import { chan, run, runtime } from "millrace";
import { WaitGroup } from "millrace/sync";
import { sleep } from "millrace/time";

const total = Number(process.argv[2] ?? 10_000_000);
const ROUND = 20_000;

let reports = 0;
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = ((text: string) => {
  reports++;
  return write(text);
}) as typeof process.stderr.write;

const start = performance.now();
let ended = 0;
const left = await run(
  function* () {
    while (ended < total) {
      const wg = new WaitGroup();
      const values = chan<number>(16);
      const gate = chan<void>();
      for (let i = 0; i < ROUND; i += 4) {
        wg.go(() => void ended++);
        wg.go(function* () {
          yield* values.send(i);
          ended++;
        });
        wg.go(function* () {
          yield* values.recv();
          ended++;
        });
        // Parked for the whole round: long enough to be held weakly.
        wg.go(function* () {
          yield* gate.recv();
          ended++;
        });
      }
      yield* sleep(20);
      gate.close();
      yield* wg.wait();
    }
    for (let i = 0; i < 5; i++) {
      yield* sleep(50);
      globalThis.gc?.();
    }
    return runtime.numGoroutine() - 1;
  },
  { leaks: "report" },
);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
const heap = Math.round(process.memoryUsage().heapUsed / 1e6);
console.log(`${ended} goroutines ended in ${seconds} s; ${reports} reported, ${left} left, ${heap} MB of heap`);
process.exitCode = reports === 0 && left === 0 ? 0 : 1;
