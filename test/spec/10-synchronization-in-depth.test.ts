import { chapter } from "./chapter.ts";

chapter("10-synchronization-in-depth", {
  "01-unbuffered": { prints: ["Working...", "Done work", "Main exits"], takes: 2000 },
  "02-buffered": { prints: ["ch <- 3 would block until someone reads"] },
  "03-closing": { prints: ["Received: 1", "Received: 2", "Received: 3", "All done"] },
  "04-select": { prints: ["Got: in time", "Timeout"], takes: 3000 },
  "05-pipeline": { prints: ["1", "16", "81"] },
  "06-channel-or-mutex": { prints: ["by sharing memory: 50", "by communicating: 50"], takes: 10 },
});
