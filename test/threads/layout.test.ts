/** Where everything is in the shared memory: no two things at one place, and no place named anywhere else. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as layout from "../../src/threads/memory/layout.ts";

type Word = keyof typeof layout;

interface Region {
  /** Where it begins and ends; a block begins behind its head. */
  readonly from: number;
  readonly to: number;
  /** What is in it, with the number of words where that is more than one. */
  readonly of: readonly (Word | readonly [Word, number])[];
}

const { HEAD, SLOT_WORDS: SLOT } = layout;
const words: Readonly<Record<Word, number>> = { ...layout };

const REGIONS: Readonly<Record<string, Region>> = {
  header: {
    from: 1,
    to: layout.RECORDS,
    of: [
      ...(["LAYOUT", "PAGES", "PAGES_USED", "LOW", "TIDIED", "ISOLATES", "OBJECTS"] as const),
      ...(["QUEUE_LOCK", "QUEUE_FIRST", "QUEUE_LAST", "QUEUE_SIZE", "TOKEN", "IDLE"] as const),
      ["IDLE_BITS", layout.ISOLATE_BITS],
      ...(["PROCS", "CLOSED_BY", "THREADS", "ROUND", "WATCHED", "SHAPES"] as const),
      ...(["BUFFERS", "BUFFER_IDS", "BUFFER_CHANNEL"] as const),
    ],
  },
  memory: {
    from: 0,
    to: Number.POSITIVE_INFINITY,
    of: [["RECORDS", layout.MAX_ISOLATES * layout.RECORD], ["TABLE", layout.TABLE_LENGTH], "PAGE_TABLE"],
  },
  record: {
    from: 0,
    to: layout.RECORD,
    of: [
      ...(["PARK", "STATE", "GENERATION", "LEAVING", "INBOX", "ALERTS", "RFREE", "WANTED", "HELD"] as const),
      ...(["RETURNING", "SERVING", "SERVING_LAST", "SUDOGS", "ALL_SUDOGS", "HOLDS"] as const),
      ...([
        "HEARTBEAT",
        "RUNQ_HEAD",
        "RUNQ_TAIL",
        "DRY",
        "ANSWERED",
        "ANSWERS",
        "THREAD_ID",
        "TICK",
        "HAND",
        "IMPORTS",
        "CULPRIT",
        "HOW",
        "PLACE",
        "BEGUN",
        "LATEST",
        "TALLIES",
        "READY",
      ] as const),
      ["ROOMY", layout.CLASSES],
      ["RUNQ", layout.RING],
    ],
  },
  span: {
    from: 0,
    to: layout.SPAN_WORDS,
    of: ["SPAN_CLASS", "SPAN_FREE", "SPAN_USED", "SPAN_NEXT", "SPAN_PREV"],
  },
  object: {
    from: HEAD,
    to: Number.POSITIVE_INFINITY,
    of: [
      ...(["KIND", "LOCK", "DIRTY", "STATUS", "QCOUNT", "SIZE", "SENDX", "RECVX", "HOLDER", "REFS", "ID"] as const),
      ...([["RECVQ", 2], ["SENDQ", 2], "HELD_BEFORE", ["OPTIONS", 3 * SLOT], "BUFFER"] as const),
    ],
  },
  hold: {
    from: HEAD,
    to: Number.POSITIVE_INFINITY,
    of: ["KIND", "HOLD_OBJECT", "HOLD_NEXT", "HOLD_BEFORE", "HOLD_WEIGHT", "HOLD_WAITS"],
  },
  sudog: {
    from: HEAD,
    to: layout.SUDOG_WORDS,
    of: [
      ...(["KIND", "SUDOG_OWNER", "SUDOG_OBJECT", "SUDOG_DONE", "SUDOG_PREV", "SUDOG_GROUP"] as const),
      ...([["SUDOG_CELL", SLOT], "SUDOG_QUEUE", "SUDOG_LOCAL", "SUDOG_STATE", "SUDOG_NEXT"] as const),
    ],
  },
  task: {
    from: HEAD,
    to: Number.POSITIVE_INFINITY,
    of: [
      ...(["KIND", "TASK_FN", "TASK_OWNER", "TASK_CHILD", "TASK_RUN", "TASK_GID", "TASK_RUNNER"] as const),
      ...(["TASK_COUNT", "TASK_BY", "TASK_BY_NAME", "TASK_CARRIES", "TASK_ARGS"] as const),
    ],
  },
  run: {
    from: HEAD,
    to: layout.RUN_WORDS,
    of: [
      ...(["RUN_OVER", "RUN_IDS", "RUN_FLAGS", "RUN_NAME", "RUN_HOME", "RUN_ELSEWHERE", "RUN_AT_HOME"] as const),
      "RUN_FAILED",
    ],
  },
  tally: {
    from: HEAD,
    to: layout.TALLY_WORDS,
    of: ["TALLY_BEFORE", "TALLY_RUN", "TALLY_GUESTS", "TALLY_HELPERS", "TALLY_TASKS"],
  },
  told: { from: HEAD, to: layout.TOLD_WORDS, of: ["KIND", "TOLD_ABOUT", "TOLD_FROM", ["TOLD_VALUE", SLOT]] },
  answer: { from: HEAD, to: layout.ANSWER_WORDS, of: ["ANSWER_QUESTION", "ANSWER_FROM", ["ANSWER_LIST", SLOT]] },
  context: {
    from: HEAD,
    to: layout.CONTEXT_WORDS,
    of: [
      ...(["KIND", "CONTEXT_REFS", "CONTEXT_OWNER", "CONTEXT_STATE", ["CONTEXT_DEADLINE", 2]] as const),
      ...([["CONTEXT_CAUSE", SLOT], ["CONTEXT_REST", SLOT], "CONTEXT_WAITERS"] as const),
    ],
  },
  shared: { from: HEAD, to: layout.SHARED_WORDS, of: ["KIND", "SHARED_REFS", "SHARED_ID"] },
  bytes: { from: HEAD, to: Number.POSITIVE_INFINITY, of: ["BYTES_LENGTH", "BYTES_DATA"] },
  shape: { from: HEAD, to: Number.POSITIVE_INFINITY, of: ["SHAPE_HASH", "SHAPE_LENGTH", "SHAPE_DATA"] },
};

/** What is a number of words, or stands in every block. */
const SIZES: readonly Word[] = [
  ...(["MAX_ISOLATES", "ISOLATE_BITS", "RECORD", "TABLE_LENGTH", "CLASSES", "RING", "HEAD", "LINK"] as const),
  ...(["SLOT_WORDS", "SUDOG_WORDS", "RUN_WORDS", "TOLD_WORDS", "ANSWER_WORDS"] as const),
  ...(["CONTEXT_WORDS", "SHARED_WORDS", "HOLD_WORDS", "SPAN_WORDS", "TALLY_WORDS"] as const),
];

/** Slots, and whatever else has a double in it. */
const EVEN: readonly Word[] = [
  ...(["OPTIONS", "BUFFER", "SUDOG_CELL", "TASK_ARGS", "TOLD_VALUE", "ANSWER_LIST"] as const),
  ...(["CONTEXT_DEADLINE", "CONTEXT_CAUSE", "CONTEXT_REST"] as const),
];

const extents = (region: Region): { word: Word; from: number; to: number }[] =>
  region.of
    .map((each) => (typeof each === "string" ? ([each, 1] as const) : each))
    .map(([word, size]) => ({ word, from: words[word], to: words[word] + size }))
    .sort((a, b) => a.from - b.from);

describe("layout", () => {
  it.each(Object.entries(REGIONS))("nothing in the %s overlaps, or lies outside", (_, region) => {
    let end = region.from;
    for (const { word, from, to } of extents(region)) {
      expect(from, word).toBeGreaterThanOrEqual(end);
      expect(to, word).toBeLessThanOrEqual(region.to);
      end = to;
    }
  });

  it("every word that is named belongs to a region", () => {
    const named = new Set([
      ...SIZES,
      ...Object.values(REGIONS).flatMap((region) => extents(region).map((e) => e.word)),
    ]);
    expect(Object.keys(layout).filter((word) => !named.has(word as Word))).toEqual([]);
  });

  it("doubles stand at even words", () => {
    for (const word of EVEN) expect(words[word] % 2, word).toBe(0);
  });

  it("the last records end where the table begins", () => {
    expect(layout.TABLE).toBe(layout.RECORDS + layout.MAX_ISOLATES * layout.RECORD);
    expect(layout.ISOLATE_BITS * 32).toBe(layout.MAX_ISOLATES);
  });

  it("no other file makes up places of its own", () => {
    const root = new URL("../../src/threads/", import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const own = /\b(i32|f64|u8)\[[^\]]*[+] ?\d{2,}\]|^(export )?const \w+(: number)? = [A-Z_]+ \+ \d+;/gm;
    const found = files
      .filter((file) => !file.endsWith("layout.ts"))
      .flatMap((file) =>
        [...readFileSync(new URL(file, root), "utf8").matchAll(own)].map(([text]) => `${file}: ${text}`),
      );
    expect(found.filter((text) => !text.includes("KIND_SCHEDULER"))).toEqual([]);
  });
});
