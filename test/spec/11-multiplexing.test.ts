import { chapter } from "./chapter.ts";

const of = (name: string): string[] => [1, 2, 3].map((i) => `${name} ${i}`);

chapter("11-multiplexing", {
  "01-syntax": {
    prints: ["Received 7 from ch1", "Sent value to ch2", "No channel is ready"],
    order: [
      ["Received 7 from ch1", "No channel is ready"],
      ["Sent value to ch2", "No channel is ready"],
    ],
  },
  "02-two-channels": { prints: ["Received: Message from ch1", "Received: Message from ch2"], takes: 2000 },
  "03-default": {
    prints: ["No message, moving on", "No message, moving on", "No message, moving on", "Received: ready"],
    takes: 300,
  },
  "04-timeout": { prints: ["Timeout after 2s"], takes: 2000 },
  "05-producers": {
    prints: [
      "ch1: Fast produced 1",
      "ch2: Slow produced 1",
      "ch1: Fast produced 2",
      "ch1: Fast produced 3",
      "ch2: Slow produced 2",
      "ch2: Slow produced 3",
    ],
    order: [
      ["ch1: Fast produced 1", "ch1: Fast produced 2", "ch1: Fast produced 3", "ch2: Slow produced 2"],
      ["ch1: Fast produced 1", "ch2: Slow produced 1", "ch2: Slow produced 2", "ch2: Slow produced 3"],
    ],
    takes: 6000,
  },
  "06-closing": { prints: ["Got: 1", "Got: 2", "Got: 3", "Channel closed"] },
  "07-internals": { prints: ["sends that found a receiver: 1", "channel 0 gave hello"] },
  "08-connections": {
    prints: [...of("red"), ...of("green"), ...of("blue"), "all connections closed"],
    order: [...["red", "green", "blue"].map((name) => [...of(name), "all connections closed"])],
    live: true,
  },
  "09-heartbeat": {
    prints: ["alive", "alive", "result: half of it", "alive", "alive", "the worker hangs"],
    takes: 6000,
  },
});
