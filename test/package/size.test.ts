/**
 * What a program pays for the part it uses: minified and gzipped bytes of a bundle, and what is left out of it.
 * `BUDGET` is a promise: raise it only for a reason that the commit names.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { inPrograms, root } from "../kit/pack.ts";

/**
 * Bytes of everything that an entry exports: alone in a bundle, the runtime that it stands on included; and what it adds to one
 * that has all of `millrace`.
 */
const BUDGET: Record<string, readonly [alone: number, added: number]> = {
  millrace: [25_000, 0],
  "millrace/time": [19_500, 2_300],
  "millrace/context": [23_200, 5_600],
  "millrace/sync": [32_200, 11_300],
  "millrace/patterns": [36_300, 16_900],
  "millrace/interop": [25_900, 5_900],
  "millrace/testing": [34_900, 17_300],
  "millrace/threads": [69_200, 51_500],
  "millrace/remote": [58_500, 38_200],
  "millrace/remote/redis": [11_500, 10_100],
  "millrace/remote/sqlite": [7_000, 5_800],
  "millrace/pprof": [17_900, 13_700],
  "millrace/trace": [7_800, 5_200],
  "millrace/inspector": [10_000, 6_200],
  "millrace/op": [15_600, 200],
  "millrace/eslint": [6_400, 6_200],
};

/** Bytes of a small program: goroutines, channels, a select. */
const SMALL = 21_200;
const SMALL_PROGRAM = `
  import { chan, go, run, select } from "millrace";
  run(function* () {
    const ch = chan();
    go(function* () { yield* ch.send(1); });
    yield* select({ value: ch.recv() });
  });`;

interface Bundle {
  readonly size: number;
  readonly text: string;
  /** The built files that the bundle took something of. */
  readonly files: readonly string[];
}

async function bundle(contents: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    legalComments: "none",
    external: ["node:*"],
  });
  const [file] = outputFiles as [(typeof outputFiles)[number]];
  const [output] = Object.values(metafile.outputs) as [(typeof metafile.outputs)[string]];
  const files = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { size: gzipSync(file.contents, { level: 9 }).length, text: file.text, files: files.map(([name]) => name) };
}

it.each(inPrograms)("%s keeps its budget", async (entry) => {
  const [alone, added] = BUDGET[entry] as readonly [number, number];
  expect((await bundle(`export * from ${JSON.stringify(entry)}`)).size).toBeLessThanOrEqual(alone);
  const core = (await bundle(`export * as core from "millrace"`)).size;
  const both = await bundle(`export * as core from "millrace"; export * as entry from ${JSON.stringify(entry)}`);
  expect(both.size - core).toBeLessThanOrEqual(Math.max(added, 50));
});

it("a constant costs bytes", async () => {
  const { size } = await bundle(`import { Second } from "millrace/time"; console.log(Second);`);
  expect(size).toBeLessThanOrEqual(100);
});

it("a small program keeps its budget", async () => {
  expect((await bundle(SMALL_PROGRAM)).size).toBeLessThanOrEqual(SMALL);
});

it("the README says what the budgets are", () => {
  const readme = readFileSync(`${root}README.md`, "utf8").replaceAll(/\s+/g, " ");
  const [whole, small] = [BUDGET.millrace?.[0] ?? 0, SMALL].map((bytes) => bytes / 1000);
  expect(readme).toContain(`all of \`millrace\` is at most ${whole} kB, a small program at most ${small} kB`);
});

it("the guide has a table of the budgets", () => {
  const kB = (bytes: number): string => (bytes / 1000).toFixed(1);
  const rows = Object.entries(BUDGET).map(
    ([entry, [alone, added]]) => `| \`${entry}\` | ${kB(alone)} | ${added === 0 ? "" : kB(added)} |`,
  );
  expect(Object.keys(BUDGET).sort()).toEqual([...inPrograms].sort());
  expect(readFileSync(`${root}docs/guide/limits.md`, "utf8")).toContain(rows.join("\n").replaceAll("|  |", "| |"));
});

it("brings only what is imported", async () => {
  const whole = await bundle(`export * from "millrace"`);
  const one = await bundle(`import { chan } from "millrace"; chan(1).trySend(1);`);
  // What only `main`, `select` and `range` say.
  for (const words of ["SIGQUIT", "select: case", '"range","a channel"']) {
    expect(whole.text).toContain(words);
    expect(one.text).not.toContain(words);
  }
  expect(one.files.filter((file) => /dist\/\w+\//.test(file))).toEqual([]);
});

it("costs nothing to import without use", async () => {
  for (const entry of inPrograms) {
    if (entry === "millrace/inspector") continue; // to import it is to start it
    const { text } = await bundle(`import ${JSON.stringify(entry)};`);
    expect(text.trim(), entry).toBe("");
  }
});
