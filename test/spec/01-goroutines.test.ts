import { chapter } from "./chapter.ts";

chapter("01-goroutines", {
  "03-channel": { prints: ["Message: task finished"] },
  "04-buffered-channel": { prints: ["10", "20"] },
  "05-select": { prints: ["No message", "Received from ch1", "Received from ch2"] },
  "09-blocked-for-ever": { prints: [], deadlocks: ["chan send"] },
});
