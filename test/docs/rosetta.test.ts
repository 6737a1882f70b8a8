/** What the page From other libraries says: both sides of a pair print the same, and the versions are those that run here. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Block, blocks, id, promises, root } from "../kit/blocks.ts";

const FILE = "docs/guide/rosetta.md";
const page = blocks().filter((block) => block.file === FILE);
const isTheirs = (block: Block): boolean => block.flags.includes("beside");

/** Each of ours, with what stands on its left. */
const pairs = page.flatMap((ours, i) => {
  if (isTheirs(ours)) return [];
  const before = page.slice(0, i);
  const theirs = before.slice(before.findLastIndex((block) => !isTheirs(block)) + 1);
  return [{ ours, theirs, name: id(ours) }];
});

const promised = (sides: readonly Block[]): string[] => sides.flatMap((block) => [...promises(block.code).values()]);

// test/docs/run.test.ts runs both and holds them to their comments.
it.each(pairs)("$name prints what stands on its left", ({ ours, theirs }) => {
  expect(theirs).not.toEqual([]);
  for (const block of [ours, ...theirs]) expect(block.flags).not.toContain("no-run");
  expect(promised([ours])).not.toEqual([]);
  expect(promised([ours])).toEqual(promised(theirs));
});

it("shows no program that does not run", () => {
  const fences = [...readFileSync(root + FILE, "utf8").matchAll(/^```(\w+)/gm)].map((fence) => fence[1]);
  expect(new Set(fences)).toEqual(new Set(["ts"]));
});

const packages = { "p-limit": "p-limit", "p-map": "p-map", "p-queue": "p-queue", Piscina: "piscina", RxJS: "rxjs" };
it.each(Object.entries({ ...packages, Effect: "effect", Effection: "effection" }))(
  "names the version of %s",
  (name, folder) => {
    const { version } = JSON.parse(readFileSync(`${root}node_modules/${folder}/package.json`, "utf8")) as {
      version: string;
    };
    expect(readFileSync(root + FILE, "utf8").replaceAll(/\s+/g, " ")).toContain(`${name} ${version}`);
  },
);
