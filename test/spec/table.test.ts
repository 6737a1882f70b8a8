/** docs/specification.md is complete: every section, block, example and test has its place, and every link leads somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { examples, titleOf } from "./chapter.ts";

const page = new URL("../../docs/specification.md", import.meta.url);
const text = readFileSync(page, "utf8");

interface Row {
  readonly section: string;
  readonly go: number;
  readonly other: number;
  readonly examples: readonly string[];
  readonly tests: readonly string[];
}

const links = (cell: string): string[] => [...cell.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] as string);

const rows: Row[] = text
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (Section|---)/.test(line))
  .map((line) => {
    const [section = "", go = "", other = "", shown = "", tested = ""] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { section, go: Number(go), other: Number(other), examples: links(shown), tests: links(tested) };
  });

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const files = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) => readdirSync(new URL(`${folder.name}/`, examples)).map((file) => `${folder.name}/${file}`))
  .sort();

test("the table has what the specification has: 18 chapters, 228 sections, 103 Go blocks and 20 others", () => {
  expect(text.match(/^## /gm)).toHaveLength(18);
  expect(rows).toHaveLength(228);
  expect(sum(rows.map((row) => row.go))).toBe(103);
  expect(sum(rows.map((row) => row.other))).toBe(20);
});

test("a section with Go blocks has as many examples or more", () => {
  const short = rows.filter((row) => row.examples.length < row.go);
  expect(short.map((row) => row.section)).toEqual([]);
});

test("every section says where it is shown", () => {
  expect(rows.filter((row) => row.examples.length + row.tests.length === 0)).toEqual([]);
});

test("every link leads somewhere", () => {
  const dead = links(text).filter((link) => !existsSync(new URL(link, page)));
  expect(dead).toEqual([]);
});

test("every example is in the table, has a title and a test, and calls main once", () => {
  const listed = new Set(rows.flatMap((row) => row.examples));
  for (const file of files) {
    expect(listed, file).toContain(`../examples/spec/${file}`);
    expect(titleOf(file), file).toMatch(/ — | › |\?/);
    const [folder = "", name = ""] = file.replace(/\.ts$/, "").split("/");
    const tests = readFileSync(new URL(`./${folder}.test.ts`, import.meta.url), "utf8");
    expect(tests, file).toContain(`"${name}": {`);
  }
  expect(files.length).toBeGreaterThan(150);
});

test("no two examples have the same title", () => {
  const titles = files.map(titleOf);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});
