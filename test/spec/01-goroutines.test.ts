import { chapter } from "./chapter.ts";

chapter("01-goroutines", {
  "01-start-a-goroutine": {
    prints: [0, 1, 2, 3, 4].flatMap((i) => [`main ${i}`, `goroutine ${i}`]),
    order: [
      [0, 1, 2, 3, 4].map((i) => `main ${i}`),
      [0, 1, 2, 3, 4].map((i) => `goroutine ${i}`),
      ["main 0", "goroutine 1", "main 2", "goroutine 3", "main 4"],
      ["goroutine 0", "main 1", "goroutine 2", "main 3", "goroutine 4"],
    ],
    takes: 2500,
  },
  "02-wait-group": {
    prints: [1, 2, 3].flatMap((id) => [`Worker ${id} starting`, `Worker ${id} done`]),
    order: [1, 2, 3].map((id) => [`Worker ${id} starting`, `Worker ${id} done`]),
  },
  "03-channel": { prints: ["Message: task finished"] },
  "04-buffered-channel": { prints: ["10", "20"] },
  "05-select": { prints: ["No message", "Received from ch1", "Received from ch2"] },
  "06-main-exits-first": { prints: ["child: started", "main: done"], takes: 100 },
  "07-race-condition": {
    prints: ["without sync: 1", "with a mutex: 100", "with a channel: 100"],
    ignoring: /(?<=without sync: )\d\d?$/,
  },
  "08-many-goroutines": { prints: ["goroutines: 100001", "goroutines: 1"], order: "production" },
  "09-blocked-for-ever": { prints: [], deadlocks: ["chan send"] },
  "10-web-server": { prints: ["/quick served", "/slow served", "goroutines left: 1"], live: true },
  "11-crawler": {
    prints: [
      "pages fetched: 500 at once: 8",
      "cancelled after 100 requests, pages fetched: fewer than 100: true",
      "requests after that: fewer than 8 true",
    ],
    live: true,
  },
  "12-background-jobs": {
    prints: ["request answered", "logging done", "metrics done", "DB write done", "shut down"],
    takes: 300,
  },
  "13-pipeline": { prints: ["5", "6", "2", "13"] },
});
