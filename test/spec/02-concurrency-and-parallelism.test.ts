import { chapter } from "./chapter.ts";

const step = (i: number): string[] => [`Task A : ${i}`, `Task B : ${i}`];

chapter("02-concurrency-and-parallelism", {
  "01-two-tasks": {
    prints: [...step(1), ...step(2), ...step(3), "Done"],
    order: [
      ["Task A : 1", "Task A : 2", "Task A : 3", "Done"],
      ["Task B : 1", "Task B : 2", "Task B : 3", "Done"],
      ["Task A : 1", "Task B : 2", "Task A : 3"],
      ["Task B : 1", "Task A : 2", "Task B : 3"],
    ],
    takes: 3000,
  },
  "02-one-core": { prints: ["Time: |----A----|----B----|----A----|----B----|"], order: "production" },
  // In this process a seeded run has one thread; process.test.ts runs it on two.
  "03-two-cores": { prints: [`Time: |${"----A----|----B----|".repeat(3)}`], order: "production" },
});
