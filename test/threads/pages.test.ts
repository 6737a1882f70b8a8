/** The pages of the shared memory, in every interleaving of threads that take and give them; and how they hold mixed sizes. */
import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type End, Interleave } from "./interleave.ts";

const sim = new Interleave();
// Before the modules are loaded, because they take hold of it.
vi.stubGlobal("Atomics", sim.atomics);
afterAll(() => vi.unstubAllGlobals());
const { LOW, PAGE_TABLE, PAGES, PAGES_USED } = await import("../../src/threads/memory/layout.ts");
const { givePages, makeSpan, sweep, takePages } = await import("../../src/threads/memory/pages.ts");
const { Memory } = await import("../../src/threads/memory/memory.ts");

/** A memory of that many pages, of which those are taken already. */
const pages = (n: number, ...taken: number[]): Iterable<[number, number]> => [
  [PAGES, n],
  [PAGES_USED, taken.length],
  ...taken.map((page): [number, number] => [PAGE_TABLE + page, (1 << 9) | 8]),
];

type Step = (span: number[]) => void;
const take =
  (owner: number, n: number): Step =>
  (spans) => {
    const page = takePages(sim.i32, n, owner);
    if (page >= 0) makeSpan(sim.i32, page, n, owner);
    sim.note(`${page} ${n}`);
    spans.push(page);
  };
const give =
  (owner: number): Step =>
  (spans) => {
    const page = spans.pop() as number;
    if (page >= 0) givePages(sim.i32, page, owner);
    sim.note(`${page} given`);
  };
const thread =
  (...steps: Step[]) =>
  () => {
    const spans: number[] = [];
    for (const step of steps) step(spans);
  };

/** The table says what the threads have; no page belongs to two spans; what is free is found again. */
const whole =
  (n: number) =>
  ({ read, notes, done }: End): void => {
    expect(done.every(Boolean)).toBe(true);
    const used = new Array<number>(n).fill(0);
    for (const steps of notes) {
      const held = new Map<number, number>();
      for (const step of steps as string[]) {
        const [page, what] = step.split(" ") as [string, string];
        if (what === "given") held.delete(Number(page));
        else if (Number(page) >= 0) held.set(Number(page), Number(what));
      }
      for (const [page, length] of held)
        for (let i = 0; i < length; i++) used[page + i] = (used[page + i] as number) + 1;
    }
    let free = n;
    for (let page = 0; page < n; page++) {
      const word = read(PAGE_TABLE + page);
      expect(used[page], `page ${page}`).toBeLessThanOrEqual(1);
      if (word >>> 9 === 0 || (word & 511) !== 8) expect(word !== 0, `page ${page}`).toBe(used[page] === 1);
      if (word !== 0) free--;
    }
    expect(read(PAGES_USED)).toBe(n - free);
    const lowest = [...Array(n).keys()].find((page) => read(PAGE_TABLE + page) === 0) ?? n;
    expect(read(LOW) & (2 ** 21 - 1)).toBeLessThanOrEqual(lowest);
  };

describe("pages, in every interleaving", () => {
  test("two threads never get the same", () => {
    const { ends } = sim.explore([thread(take(1, 1)), thread(take(2, 1))], whole(3), { memory: pages(3) });
    expect(ends).toBeGreaterThan(0);
  });

  test("nor two spans that overlap, with a hole between", () => {
    sim.explore([thread(take(1, 2)), thread(take(2, 3))], whole(8), { memory: pages(8, 2), preemptions: 3 });
  });

  test("one gives back what another looks for", () => {
    sim.explore([thread(take(1, 2), give(1)), thread(take(2, 2))], whole(4), { memory: pages(4), preemptions: 3 });
  });

  test("all are found again at the end, however threads took and gave", () => {
    sim.explore([thread(take(1, 1), give(1), take(1, 2)), thread(take(2, 1), give(2))], whole(4), {
      memory: pages(4),
      preemptions: 2,
    });
  });

  test("a thread that ends anywhere leaves nothing", () => {
    const words = new Map<number, number>();
    const i32 = new Proxy({} as Int32Array, {
      get: (_, at) => (at === "length" ? PAGE_TABLE + 6 : (words.get(Number(at)) ?? 0)),
      set: (_, at, value) => Boolean(words.set(Number(at), value as number)),
    });
    let left = 0;
    const step = (): void => {
      if (left-- === 0) throw new Error("killed");
    };
    const on = <T extends (...args: never[]) => number>(fn: T): T =>
      ((...args: never[]) => {
        step();
        return fn(...args);
      }) as T;
    const at = (at: number): number => words.get(at) ?? 0;
    const put = (where: number, value: number, gives = value): number => {
      words.set(where, value);
      return gives;
    };
    vi.stubGlobal("Atomics", {
      load: on((_: unknown, where: number) => at(where)),
      store: on((_: unknown, where: number, value: number) => put(where, value)),
      add: on((_: unknown, where: number, value: number) => put(where, at(where) + value, at(where))),
      sub: on((_: unknown, where: number, value: number) => put(where, at(where) - value, at(where))),
      compareExchange: on((_: unknown, where: number, was: number, value: number) =>
        at(where) === was ? put(where, value, was) : at(where),
      ),
    });
    try {
      for (let kill = 0; kill < 60; kill++) {
        words.clear();
        words.set(PAGES, 6);
        left = kill;
        try {
          const page = takePages(i32, 3, 5);
          makeSpan(i32, page, 3, 5);
          takePages(i32, 2, 5);
          givePages(i32, page, 5);
        } catch {}
        left = Number.POSITIVE_INFINITY;
        sweep(i32, 5, (page) => givePages(i32, page, 5));
        for (let page = 0; page < 6; page++) expect(at(PAGE_TABLE + page), `killed at ${kill}`).toBe(0);
        expect(takePages(i32, 6, 1), `killed at ${kill}`).toBe(0);
      }
    } finally {
      vi.stubGlobal("Atomics", sim.atomics);
    }
  });
});

describe("blocks of mixed sizes", () => {
  /** Sizes as programs have them: many small ones, some texts, a few large ones. */
  const size = fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 8, max: 120 }) },
    { weight: 30, arbitrary: fc.integer({ min: 120, max: 2000 }) },
    { weight: 9, arbitrary: fc.integer({ min: 2000, max: 30_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 300_000 }) },
  );

  test("never overlap, keep what is written, and leave nothing", () => {
    vi.unstubAllGlobals();
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.nat(), fc.boolean()), { maxLength: 400 }), (steps) => {
        const memory = new Memory();
        memory.reserve(2 ** 23);
        memory.open();
        const before = memory.used;
        const held: { block: number; bytes: number; mark: number }[] = [];
        const check = ({ block, bytes, mark }: (typeof held)[number]): void => {
          const at = (block + 2) * 4;
          expect([memory.u8[at], memory.u8[at + bytes - 1]]).toEqual([mark, mark]);
        };
        for (const [i, [bytes, which, frees]] of steps.entries()) {
          if (frees && held.length > 0) {
            const [gone] = held.splice(which % held.length, 1) as [(typeof held)[number]];
            check(gone);
            memory.free(gone.block);
            continue;
          }
          const block = memory.alloc(bytes);
          const mark = i % 251;
          memory.u8.fill(mark, (block + 2) * 4, (block + 2) * 4 + bytes);
          held.push({ block, bytes, mark });
        }
        held.forEach(check);
        for (const { block } of held) memory.free(block);
        memory.tidy();
        expect(memory.used).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  test("waste little: what is taken for what is in use, while sizes come and go for long", () => {
    const memory = new Memory();
    memory.reserve(2 ** 26);
    memory.open();
    const before = memory.used;
    let seed = 1;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % n;
    };
    const wanted = (): number => {
      const kind = random(100);
      if (kind < 60) return 8 + random(112);
      if (kind < 90) return 120 + random(1880);
      return kind < 99 ? 2000 + random(28_000) : 30_000 + random(270_000);
    };
    const held: { block: number; bytes: number }[] = [];
    let inUse = 0;
    let worst = 0;
    let sum = 0;
    const rounds = 200_000;
    for (let i = 0; i < rounds; i++) {
      // Grows and shrinks, so that each phase finds the holes of the one before.
      const goal = i % 40_000 < 20_000 ? 6000 : 2000;
      if (held.length < goal) {
        const bytes = wanted();
        held.push({ block: memory.alloc(bytes), bytes });
        inUse += bytes;
      } else {
        for (let n = 0; n < 2 && held.length > 0; n++) {
          const at = random(held.length);
          const { block, bytes } = held[at] as (typeof held)[number];
          held[at] = held.at(-1) as (typeof held)[number];
          held.pop();
          memory.free(block);
          inUse -= bytes;
        }
      }
      if (i > 10_000) {
        const ratio = (memory.used - before) / inUse;
        worst = Math.max(worst, ratio);
        sum += ratio;
      }
    }
    const mean = sum / (rounds - 10_001);
    console.log(`taken for each byte in use: ${mean.toFixed(2)} on average, ${worst.toFixed(2)} at worst`);
    expect(mean).toBeLessThan(1.4);
    expect(worst).toBeLessThan(1.7);
  });
});
