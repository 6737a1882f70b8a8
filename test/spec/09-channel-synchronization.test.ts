import { chapter } from "./chapter.ts";

const tasks = [1, 2, 3, 4, 5];

chapter("09-channel-synchronization", {
  "01-unbuffered": { prints: ["Worker: started", "Worker: finished", "Main: all done"], takes: 2000 },
  "02-buffered": {
    prints: [
      ...["Main: sending task 1", "Main: sending task 2", "Main: sending task 3", "Main: sending task 4"],
      ...["Worker: processing task 1", "Main: sending task 5"],
      ...[2, 3, 4, 5].map((i) => `Worker: processing task ${i}`),
      ...["Worker: all tasks done", "Main: worker finished"],
    ],
    order: [
      tasks.map((i) => `Main: sending task ${i}`),
      [...tasks.map((i) => `Worker: processing task ${i}`), "Worker: all tasks done", "Main: worker finished"],
      ...tasks.map((i) => [`Main: sending task ${i}`, `Worker: processing task ${i}`]),
      ["Main: sending task 4", "Worker: processing task 2"], // main comes to the fourth while the worker is at the first
    ],
    takes: 2500,
  },
  "03-bounded-queue": {
    prints: [
      ...["1s: queued 1", "2s: queued 2", "3s: used 1", "3s: queued 3", "4s: queued 4", "5s: used 2", "5s: queued 5"],
      ...["7s: used 3", "7s: queued 6", "9s: used 4", "11s: used 5", "13s: used 6"],
    ],
    order: [
      ["1s: queued 1", "2s: queued 2", "3s: queued 3", "4s: queued 4", "5s: queued 5", "7s: queued 6"],
      ["3s: used 1", "5s: used 2", "7s: used 3", "9s: used 4", "11s: used 5", "13s: used 6"],
    ],
    takes: 13_000,
  },
  "04-fan-in-fan-out": { prints: ["1² + … + 10² = 385"] },
  "05-rate-limiting": {
    prints: [0, 0, 0, 200, 400, 600].map((at, i) => `request ${i + 1} at ${at} ms`),
    takes: 600,
  },
});
