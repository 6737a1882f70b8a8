// Twenty requests for one lock, and one that uses the processor while it holds it.
import { chan, type Go, go, main, wait } from "millrace";
import { Mutex } from "millrace/sync";

const cache = new Mutex({ name: "cache" });
const answers = chan<number>(0, { name: "answers" });
function* request(n: number): Go {
  yield* cache.lock();
  if (n === 0) yield* wait(new Promise((done) => setImmediate(done)));
  if (process.argv[2] === "signal") yield* chan<void>().recv();
  if (process.argv[2] === "panic") throw new Error("something broke");
  cache.unlock();
  yield* answers.send(n);
}
function spin(): void {
  for (const end = performance.now() + 50; performance.now() < end; );
}
main(function* () {
  for (let n = 0; n < 20; n++) go(request, n);
  if (process.argv[2] === "signal") {
    yield* wait(new Promise((done) => setImmediate(done)));
    go(spin);
    yield* wait(new Promise((done) => setTimeout(done, 100)));
    process.kill(process.pid, "SIGTERM");
    yield* chan<void>().recv();
  }
  for (let n = 0; n < 20; n++) yield* answers.recv();
  console.log("done");
});
