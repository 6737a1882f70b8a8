// Main returns while everything that could keep a process alive is still open: the program ends at once.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { chan, go, main, runtime } from "millrace";

main(function* () {
  go(function* busy() {
    while (true) yield* runtime.gosched();
  });
  go(function* stuck() {
    try {
      yield* chan<number>().recv();
    } finally {
      console.log("a goroutine was unwound");
    }
  });
  createServer().listen(0);
  setInterval(() => {}, 1000);
  new Worker("setInterval(() => {}, 1000)", { eval: true });
  spawn(process.execPath, ["-e", "setTimeout(() => {}, 2000)"], { stdio: "ignore" });
  yield* runtime.gosched();
  console.log("main returns");
});
