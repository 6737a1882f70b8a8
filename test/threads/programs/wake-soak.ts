/**
 * As many wake-ups as there are in a time: `npm run build && node --import tsx test/threads/programs/wake-soak.ts SECONDS`.
 * Two threads, of which at most one has something to do at any moment, so that each message and each `go` goes to a thread
 * that sleeps or is about to. Some wait for a moment first, to reach another point of the other's way to sleep. A wake-up
 * that is lost stops everything for good. Prints how many there were.
 */
import { go, main, runtime } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

const seconds = Number(process.argv[2] ?? 5);
runtime.gomaxprocs(2);

/** Xorshift: a pause that is another each time. */
let seed = 1;
function pause(): void {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  const turns = (seed & 7) === 0 ? seed & 4095 : 0;
  for (let i = 0; i < turns; i++) Math.sqrt(i);
}

const echo = parallel(import.meta, "wake.echo", function* (from: ReturnType<typeof make>, to: ReturnType<typeof make>) {
  for (;;) {
    const s = yield* from.recv();
    if (s === undefined) return;
    pause();
    yield* to.send(s);
  }
});
const same = parallel(import.meta, "wake.same", (n: number) => {
  pause();
  return n;
});

function make(capacity: number) {
  return sharedChan<number>(capacity);
}

main(function* () {
  const kinds = [0, 1].map((capacity) => ({ there: make(capacity), back: make(capacity) }));
  for (const { there, back } of kinds) go(echo, there, back);
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  for (; performance.now() < end; rounds++) {
    for (const { there, back } of kinds) {
      for (let i = 0; i < 20; i++) {
        yield* there.send(i);
        pause();
        const got = yield* back.recv();
        if (got !== i) throw new Error(`${i} came back as ${got}`);
      }
    }
    for (let i = 0; i < 10; i++) {
      const got = yield* go(same, i).join();
      if (got !== i) throw new Error(`${i} came back as ${got}`);
    }
    if (rounds % 100_000 === 99_999) console.error(`${(rounds + 1) * 100} wake-ups`);
  }
  for (const { there } of kinds) there.close();
  // Of the messages of a round, 80 in all, and of its ten starts and ends.
  console.log(`${rounds * 100} wake-ups`);
});
