/**
 * What a program pays for the part it uses: minified and gzipped bytes of a bundle, and what is left out of it.
 * `BUDGET` is a promise: raise it only for a reason that the commit names.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { entries, root } from "../kit/pack.ts";

/** Bytes of everything that an entry exports, alone in a bundle, the runtime that it stands on included. */
const BUDGET: Record<string, number> = {
  millrace: 22_800,
  "millrace/time": 18_300,
  "millrace/context": 22_000,
  "millrace/sync": 29_000,
  "millrace/patterns": 33_000,
  "millrace/interop": 24_000,
  "millrace/trace": 9_000,
  "millrace/testing": 33_900,
  "millrace/threads": 63_000,
  "millrace/eslint": 6_100,
};

/** Bytes of a small program: goroutines, channels, a select. */
const SMALL = 19_300;
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
  });
  const [file] = outputFiles as [(typeof outputFiles)[number]];
  const [output] = Object.values(metafile.outputs) as [(typeof metafile.outputs)[string]];
  const files = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { size: gzipSync(file.contents, { level: 9 }).length, text: file.text, files: files.map(([name]) => name) };
}

it.each(entries)("%s keeps its budget", async (entry) => {
  const { size } = await bundle(`export * from ${JSON.stringify(entry)}`);
  expect(size).toBeLessThanOrEqual(BUDGET[entry] ?? 0);
});

it("a small program keeps its budget", async () => {
  expect((await bundle(SMALL_PROGRAM)).size).toBeLessThanOrEqual(SMALL);
});

it("the README says what the budgets are", () => {
  const readme = readFileSync(`${root}README.md`, "utf8").replaceAll(/\s+/g, " ");
  const [whole, small] = [BUDGET.millrace as number, SMALL].map((bytes) => bytes / 1000);
  expect(readme).toContain(`all of \`millrace\` is at most ${whole} kB, a small program at most ${small} kB`);
});

it("brings only what is imported", async () => {
  const whole = await bundle(`export * from "millrace"`);
  const one = await bundle(`import { chan } from "millrace"; chan(1).trySend(1);`);
  // What only `main`, `select` and `range` say.
  for (const words of ["SIGQUIT", "select: case", "range: expected"]) {
    expect(whole.text).toContain(words);
    expect(one.text).not.toContain(words);
  }
  expect(one.files.filter((file) => /dist\/\w+\//.test(file))).toEqual([]);
});

it("costs nothing to import without use", async () => {
  for (const entry of entries) {
    const { text } = await bundle(`import ${JSON.stringify(entry)};`);
    expect(text.trim(), entry).toBe("");
  }
});
