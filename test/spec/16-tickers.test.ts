import { chapter } from "./chapter.ts";

/** The virtual clock starts at the turn of the millennium. */
const at = (second: number): string => `2000-01-01T00:00:0${second}.000Z`;

chapter("16-tickers", {
  "01-basic": { prints: [1, 2, 3].map((s) => `Tick at: ${at(s)}`), takes: 3000 },
  "02-type": { prints: ["a time: true - a Date too: true"], takes: 1000 },
  "03-job": { prints: [...[1, 2, 3, 4, 5].map((s) => `Tick at ${at(s)}`), "✅ Stopping ticker..."], takes: 5000 },
  "04-slow-receiver": {
    prints: [
      "received at 1s the tick that was due at 1s",
      "received at 3.5s the tick that was due at 2s",
      "received at 6s the tick that was due at 4s",
      "received at 8.5s the tick that was due at 7s",
    ],
    takes: 11_000,
  },
  "05-as-a-goroutine": { prints: ["tick at 1s", "tick at 2s", "tick at 3.5s", "tick at 4.5s"], takes: 4500 },
  "06-stop": { prints: ["tick", "silence"], takes: 61_000 },
  "07-tick": { prints: [1, 2].map((s) => `Tick at: ${at(s)}`), takes: 2000 },
  "08-heartbeat": { prints: ["5s: beat", "10s: beat", "15s: beat", "27s: the client is dead"], takes: 27_000 },
  "09-metrics": { prints: [1, 2, 3].map(() => "jobs in the last 10 s: 14"), takes: 30_000 },
  "10-polling": { prints: ["32s: version 1", "62s: version 2", "122s: version 3", "polls: 6"], takes: 182_000 },
  "11-rate-limit": { prints: [1, 2, 3, 4, 5].map((n) => `request ${n} at ${n * 200} ms`), takes: 1000 },
  "12-reset": { prints: [1, 3, 7, 15].map((s) => `tick at ${s}s`), takes: 15_000 },
  "13-reset-example": { prints: [6, 7, 8].map((s) => `tick at ${s}s`), takes: 8000 },
});
