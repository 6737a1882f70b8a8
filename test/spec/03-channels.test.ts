import { chapter } from "./chapter.ts";

chapter("03-channels", {
  "01-declare": { prints: ["len: 0 cap: 0", "a nil channel is never ready"] },
  "02-make": { prints: ["len: 0 cap: 0"] },
  "03-send-and-receive": { prints: ["10"] },
  "04-wait-for-a-worker": { prints: ["Waiting for worker...", "Worker says: done"], takes: 2000 },
  "05-unbuffered": {
    prints: ["sending", "receiving", "received 1", "sent"],
    order: [
      ["sending", "receiving", "received 1"],
      ["receiving", "sent"],
    ],
    takes: 1000,
  },
  "06-buffered": { prints: ["4th sent: false", "received: 1", "4th sent: true"] },
  "07-close": { prints: ["7", "0", "panic: send on closed channel"] },
  "08-range": { prints: ["10", "20"] },
  "09-directions": { prints: ["100"] },
  "10-select": { prints: ["No messages", "Received one", "Received two"] },
  "11-worker-pool": {
    prints: [
      ...["Worker 1 processing job 1", "Worker 2 processing job 2", "Worker 3 processing job 3"],
      ...["Worker 1 processing job 4", "Worker 2 processing job 5"],
      ...["Result: 2", "Result: 4", "Result: 6", "Result: 8", "Result: 10"],
    ],
    ignoring: /(?<=Worker )\d/,
    order: [
      // A job's result comes after the job, and the second round after the first.
      ...[1, 2, 3, 4, 5].map((job) => [`Worker # processing job ${job}`, `Result: ${2 * job}`]),
      ...[1, 2, 3].map((job) => [`Worker # processing job ${job}`, "Worker # processing job 5"]),
    ],
    takes: 2000,
  },
});
