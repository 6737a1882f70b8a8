/** Any word of the memory that threads share, overwritten while they work: the program goes on, or ends with an error. */
import fc from "fast-check";
import { expect } from "vitest";
import { HEARTBEAT, PAGE_TABLE, RECORD, RECORDS } from "../../src/threads/memory/layout.ts";
import { threaded } from "../threads/program.ts";
import { fuzz } from "./kit.ts";

const layout = JSON.stringify({ records: RECORDS, record: RECORD, heartbeat: HEARTBEAT });

const place = fc.oneof(
  fc.nat(132).map((word) => `header ${word}`),
  fc.tuple(fc.nat(2), fc.nat(RECORD - 1)).map(([isolate, word]) => `record ${isolate} ${word}`),
  fc.nat(47).map((word) => `channel ${word}`),
  // What was made before and after the channel: locks, waiters, tasks.
  fc.integer({ min: -4096, max: 4096 }).map((word) => `any ${word}`),
  fc.nat(2000).map((page) => `header ${PAGE_TABLE + page}`),
);
const word = fc.oneof(
  fc.constantFrom("self", "0", "+1", "-1", "+2048"),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String),
  fc.integer({ min: 145_000, max: 160_000 }).map(String),
);

// Each is a process of its own, which works for some seconds.
fuzz(
  "words of the shared memory that are overwritten never make a thread hang",
  fc.tuple(place, word),
  async ([where, with_]) => {
    const { stdout, stderr } = await threaded("overwritten", [where, with_, layout], { patience: 50_000 });
    expect(`${stdout}${stderr}`).toMatch(/^(ended|failed|uncaught) .*\n$/);
    expect(stdout).not.toContain("STUCK");
  },
  3,
);
