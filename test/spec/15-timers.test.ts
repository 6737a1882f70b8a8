import { chapter } from "./chapter.ts";

/** The rules since Go 1.23, and those that the chapter describes. */
const both = [{}, { asyncTimerChan: true }];

chapter("15-timers", {
  "01-new-timer": { prints: ["timed out"], takes: 2000, under: both },
  "02-after": { prints: ["timeout"], takes: 2000, under: both },
  "03-ticker": { prints: ["tick", "tick", "tick"], takes: 3500, under: both },
  "04-after-func": { prints: ["do later", "too late"], takes: 2000, under: both },
  "05-stop-and-drain": { prints: ["unread value: undefined"], takes: 2000, under: both },
  "06-non-blocking-drain": { prints: ["nothing to drain"], takes: 1000, under: both },
  "07-reset": { prints: ["fired after 5s"], takes: 5000, under: both },
  "08-cancelable-work": {
    prints: ["result 42", "work timed out", "parent cancelled: context deadline exceeded"],
    takes: 8000,
    under: both,
  },
  "09-reset-in-loop": {
    prints: ["event after 1s", "event after 1.9s", "event after 1.5s", "idle timeout"],
    takes: 6400,
    under: both,
  },
  "10-debounce": { prints: ["saved at 700 ms", "saved at 1800 ms"], takes: 2500, under: both },
  "11-timeout-pattern": {
    prints: [
      "work of 1 s: 1",
      "work of 0 s: no work",
      "work of 4 s: timeout",
      "work of 9 s: context deadline exceeded",
    ],
    takes: 5000,
    under: both,
  },
  "12-reusable-timer": { prints: ["idle timeout after 1000 events"], takes: 20_011, under: both },
});
