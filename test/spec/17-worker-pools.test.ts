import { chapter } from "./chapter.ts";

const started = (job: number): string => `👷 Worker # started job ${job}`;
const finished = (job: number): string => `✅ Worker # finished job ${job}`;
const outcome = (job: number): string => `Job ${job} done by worker #`;
const by = (worker: number, line: string): string => line.replace("#", String(worker));
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The three workers at work on three jobs; the results of a round come when they start the next. */
const round = (first: number): string[] =>
  [1, 2, 3].flatMap((w) => {
    const next = first + w + 2;
    return [by(w, finished(first + w - 1)), ...(next <= 10 ? [by(w, started(next))] : [])];
  });
const results = (first: number): string[] => [1, 2, 3].map((w) => by(w, outcome(first + w - 1)));

chapter("17-worker-pools", {
  "01-without-a-pool": { prints: ["goroutines: 10001", "at work at once: 10000"], order: "production", takes: 1000 },
  "02-architecture": {
    prints: ["sum of the results: 99990000", "at work at once: 5", "goroutines never more than: 7 true"],
    order: "production",
    takes: 2000,
  },
  "03-minimal": {
    prints: [
      ...[1, 2, 3].map((w) => by(w, started(w))),
      ...[...round(1), ...results(1), ...round(4), ...results(4), ...round(7), ...results(7)],
      ...[by(1, finished(10)), by(1, outcome(10)), "🎯 All jobs completed!"],
    ],
    ignoring: /(?<=[Ww]orker )\d/,
    order: [
      // Jobs are taken in order; each is started, finished, reported; no more than three at a time.
      all.slice(3).map(started),
      ...all.slice(0, 9).map((job) => [started(job), finished(job)]),
      ...all.map((job) => [started(job), outcome(job), "🎯 All jobs completed!"]),
      ...all.slice(0, 7).map((job) => [started(job), started(job + 3)]),
    ],
    takes: 4000,
  },
  "04-scheduling": {
    prints: [
      "started: runnable, runnable, runnable",
      "no jobs yet: chan receive, chan receive, chan receive",
      "two jobs: sleep, sleep, chan receive",
    ],
    ignoring: /(sleep, sleep, chan receive|sleep, chan receive, sleep|chan receive, sleep, sleep)$/,
  },
  "05-channels": { prints: ["done: 20 never more than 3 jobs ahead: true"], takes: 20_000 },
  "06-wait-group": {
    prints: [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((job) => `Worker ${((job - 1) % 3) + 1} processing job ${job}`),
      "All jobs done ✅",
    ],
    ignoring: /(?<=Worker )\d/,
    order: [1, 2, 3].map((first) => [
      ...[first, 4, 5, 6, 7, 8, 9].map((job) => `Worker # processing job ${job}`),
      "All jobs done ✅",
    ]),
    takes: 3000,
  },
  "07-scaling": { prints: ["jobs at once for each core: 2"], takes: 1000 },
  "08-mistake-not-closing": {
    prints: ["job 1", "job 2", "job 3"],
    order: [],
    deadlocks: ["sync.WaitGroup.Wait", "chan receive", "chan receive"],
  },
  "09-mistake-unread-results": { prints: [], deadlocks: ["sync.WaitGroup.Wait", "chan send", "chan send"] },
  "10-mistake-unbuffered": { prints: ["sending job 1", "sending job 2"], deadlocks: ["chan send", "chan send"] },
});
