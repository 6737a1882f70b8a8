/**
 * The figures that the pages state are those of bench/RESULTS.md, give or take what two runs on one machine differ by. A
 * page says a figure in one line, a row of the measurements has it: the two are paired here.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { root } from "../kit/blocks.ts";

const rows = (file: string): string[] => readFileSync(root + file, "utf8").match(/^\|.*$/gm) ?? [];
const measured = rows("bench/RESULTS.md");

/** The numbers of a text, without those that belong to a name ("p-limit 7", "select-2") or to a version. */
const numbers = (text: string): number[] =>
  [...text.matchAll(/(?<![\w.-])\d[\d,]*(?:\.\d+)?/g)].map(([number]) => Number(number.replaceAll(",", "")));

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 0.35 * Math.max(Math.abs(a), Math.abs(b));

/** Each stated line, by how it begins, and the rows of the measurements that have its figures. */
const stated: Record<string, Record<string, readonly string[]>> = {
  "README.md": {
    "a value handed from goroutine": ["hand-off, generators"],
    "the same in async functions": ["hand-off, await"],
    "through a buffer": ["buffered, generators"],
    "a job of a pool": ["pool, mapConcurrent, generators"],
  },
  "docs/guide/comparison.md": {
    "a job of a pool": ["pool, mapConcurrent, await", "p-map", "p-limit"],
    "a lock that others want": ["mutex-contended, await", "async-mutex"],
    "a value handed over, generators": ["hand-off, generators"],
    "a value handed over, `await`": ["hand-off, await"],
    "a value through a buffer": ["buffered, await"],
  },
  "docs/guide/limits.md": {
    "a value handed over, generators": ["hand-off, generators"],
    "a value handed over, async": ["hand-off, await"],
    "a value through a buffer": ["buffered, generators"],
    "a select of two": ["select-2, inline", "select-2, made once"],
  },
};

describe.each(Object.entries(stated))("%s", (file, lines) => {
  const page = rows(file);
  it.each(Object.entries(lines))("%s", (begin, names) => {
    const line = page.find((row) => row.startsWith(`| ${begin}`));
    const sources = names.map((name) => measured.find((row) => row.startsWith(`| ${name} `)));
    expect(line, `a line that begins with "${begin}"`).toBeDefined();
    expect(sources, "rows of bench/RESULTS.md").not.toContain(undefined);
    const known = sources.flatMap((row) => numbers(row as string));
    const figures = numbers((line as string).slice(begin.length + 2));
    expect(figures).not.toEqual([]);
    expect(figures.filter((figure) => !known.some((one) => close(one, figure)))).toEqual([]);
  });
});
