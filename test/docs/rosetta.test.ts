/**
 * What the pages From other libraries say: both sides of a pair print the same, the versions are those that run here, and the
 * tables have all that the other packages document.
 */
import { readFileSync } from "node:fs";
import asyncLibrary from "async";
import * as asyncMutex from "async-mutex";
import { WorkerPool } from "millrace/patterns";
import { Mutex, Semaphore } from "millrace/sync";
import { expect, it } from "vitest";
import { type Block, blocks, id, promises, root } from "../kit/blocks.ts";

const read = (file: string): string => readFileSync(root + file, "utf8");
const LIBRARIES = "docs/guide/rosetta.md";
const QUEUES = "docs/guide/rosetta-queues.md";
const PAGES = [LIBRARIES, QUEUES];
const isTheirs = (block: Block): boolean => block.flags.includes("beside");

/** Each of ours, with what stands on its left. */
const pairs = PAGES.flatMap((file) => {
  const page = blocks().filter((block) => block.file === file);
  return page.flatMap((ours, i) => {
    if (isTheirs(ours)) return [];
    const before = page.slice(0, i);
    const theirs = before.slice(before.findLastIndex((block) => !isTheirs(block)) + 1);
    return [{ ours, theirs, name: id(ours) }];
  });
});

const promised = (sides: readonly Block[]): string[] => sides.flatMap((block) => [...promises(block.code).values()]);

// test/docs/run.test.ts runs both and holds them to their comments.
it.each(pairs)("$name prints what stands on its left", ({ ours, theirs }) => {
  expect(theirs).not.toEqual([]);
  for (const block of [ours, ...theirs]) expect(block.flags).not.toContain("no-run");
  expect(promised([ours])).not.toEqual([]);
  expect(promised([ours])).toEqual(promised(theirs));
});

it.each(PAGES)("%s shows no program that does not run", (file) => {
  const fences = [...read(file).matchAll(/^```(\w+)/gm)].map((fence) => fence[1]);
  expect(new Set(fences)).toEqual(new Set(["ts"]));
});

const libraries = { "p-limit": "p-limit", "p-map": "p-map", Piscina: "piscina", RxJS: "rxjs" };
const queues = { "p-queue": "p-queue", Bottleneck: "bottleneck", async: "async", "async-mutex": "async-mutex" };
const versions = [
  ...Object.entries({ ...libraries, Effect: "effect", Effection: "effection" }).map((one) => [LIBRARIES, ...one]),
  ...Object.entries(queues).map((one) => [QUEUES, ...one]),
] as [file: string, name: string, folder: string][];
it.each(versions)("%s names the version of %s", (file, name, folder) => {
  const { version } = JSON.parse(read(`node_modules/${folder}/package.json`)) as { version: string };
  expect(read(file).replaceAll(/\s+/g, " ")).toContain(`${name} ${version}`);
});

it.each(Object.entries({ ...libraries, ...queues }))("runs programs of %s beside ours", (_name, folder) => {
  const theirs = pairs.flatMap((pair) => pair.theirs).filter(({ code }) => code.includes(` from "${folder}"`));
  expect(theirs).not.toEqual([]);
});

const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name]) => name as string);

/** What the documentation of each package names, as it is installed: options, methods, events, functions. */
const documented: Readonly<Record<keyof typeof queues, () => string[]>> = {
  "p-queue": () => {
    const [, api = ""] = /^## API$([\s\S]*)^## Advanced example$/m.exec(read("node_modules/p-queue/readme.md")) ?? [];
    return found(api, /^#{4,5} \[?\.?(\w+)/gm).filter((name) => !["fn", "fns", "options"].includes(name));
  },
  Bottleneck: () => {
    const [readme = ""] = read("node_modules/bottleneck/README.md").split("\n## Upgrading to v2");
    const patterns = [
      /^\| `(\w+)` \|/gm,
      /^#+ `?(?:on\(")?(\w+)(?:\(|")/gm,
      /^__'(\w+)'__/gm,
      /^#+ Bottleneck\.strategy\.(\w+)/gm,
    ];
    return patterns.flatMap((pattern) => found(readme, pattern));
  },
  async: () => [
    ...Object.keys(asyncLibrary).filter((name) => name !== "default"),
    ...found(read("node_modules/async/dist/async.js"), /@property \{\w+\} (\w+) -/g),
  ],
  "async-mutex": () => [
    ...Object.keys(asyncMutex),
    ...[asyncMutex.Mutex, asyncMutex.Semaphore]
      .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
      .filter((name) => name !== "constructor" && !name.startsWith("_")),
    ...found(read("node_modules/async-mutex/README.md"), /optional (?:first |second )?arguments? `(\w+)`/g),
  ],
};

/** The rows of the tables below a heading, without their heads. */
function rowsBelow(heading: string): [theirs: string, ours: string][] {
  const section =
    read(QUEUES)
      .split(/^## /m)
      .find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").flatMap((line) => {
    const cells = /^\| (.+?) \| (.+) \|$/.exec(line);
    return cells === null ? [] : [[cells[1], cells[2]] as [string, string]];
  });
  return rows.filter(([, ours], i) => ours !== "---" && rows[i + 1]?.[1] !== "---");
}

it.each(Object.keys(queues) as (keyof typeof queues)[])("has a row for all that %s documents", (name) => {
  const names = documented[name]();
  expect(names.length).toBeGreaterThan(10);
  const code = rowsBelow(name).flatMap(([theirs]) => found(theirs, /`([^`]+)`/g));
  const rows = new Set(code.flatMap((text) => text.match(/\w+/g) ?? []));
  expect([...new Set(names)].filter((name) => !rows.has(name))).toEqual([]);
});

it.each(Object.keys(queues))("says what %s has and there is not here, and why", (name) => {
  const missing = rowsBelow(name).filter(([, ours]) => ours.startsWith("none"));
  expect(missing).not.toEqual([]);
  for (const [, ours] of missing) expect(ours).toMatch(/^none[:,] \S+ \S+/);
});

const members = { pool: WorkerPool.prototype, mu: Mutex.prototype, slots: Semaphore.prototype };
it.each(Object.entries(members))("names members that there are of %s", (name, prototype) => {
  const named = found(read(QUEUES), new RegExp(`\\b${name}\\.(\\w+)`, "g"));
  expect(named).not.toEqual([]);
  expect(named.filter((member) => !(member in prototype))).toEqual([]);
});
