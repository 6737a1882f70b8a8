import { chapter } from "./chapter.ts";

const workers = [1, 2, 3];
const apis = ["API-1", "API-2", "API-3"];

chapter("18-wait-groups", {
  "01-declaration": { prints: ["nothing to wait for"] },
  "02-countdown": {
    prints: ["Add(3)", "Done(): 2 left", "Done(): 1 left", "Done(): 0 left", "Wait() unblocks"],
    takes: 3000,
  },
  "03-basic": {
    prints: [
      ...workers.map((id) => `Worker ${id} started`),
      ...workers.map((id) => `Worker ${id} finished`),
      "All workers completed ✅",
    ],
    order: workers.flatMap((a) =>
      workers.map((b) => [`Worker ${a} started`, `Worker ${b} finished`, "All workers completed ✅"]),
    ),
    takes: 1000,
  },
  "04-mistake-add-inside": {
    prints: ["main did not wait", "work done", "work done", "main waited"],
    takes: 1001,
  },
  "05-mistake-no-done": { prints: ["work done"], deadlocks: ["sync.WaitGroup.Wait"] },
  "06-mistake-copy": { prints: ["the copy has a counter: false"] },
  "07-by-reference": { prints: ["worker counts down", "main goes on"] },
  "08-parallel-requests": {
    prints: [
      ...apis.map((api) => `Fetching: ${api}`),
      ...apis.map((api) => `✅ Done: ${api}`),
      "All API calls finished!",
    ],
    order: apis.flatMap((a) => apis.map((b) => [`Fetching: ${a}`, `✅ Done: ${b}`, "All API calls finished!"])),
    takes: 2000,
  },
  "09-with-channels": { prints: ["0", "2", "4", "6", "8"], order: [] },
});
