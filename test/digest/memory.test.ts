/** Memory stays flat: it does not grow with the size of a file, and with the number of files only by what is printed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digest, folder } from "./kit.ts";

const PEAK = ["--import", new URL("./peak.mjs", import.meta.url).href];

/** The most memory that digesting a folder took, in MB. */
async function peak(root: string): Promise<number> {
  const { code, stderr } = await digest([root], {}, PEAK);
  expect(code).toBe(0);
  return Math.max(...[...stderr.matchAll(/^peak (\d+)$/gm)].map(([, kib]) => Number(kib) / 1024));
}

test("a file of 600 MB, and 20,000 files", { timeout: 120_000 }, async () => {
  const one = folder();
  execFileSync("truncate", ["-s", "600M", join(one, "large")]);
  const many = folder();
  for (let i = 0; i < 20_000; i++) {
    if (i % 100 === 0) mkdirSync(join(many, `folder-${i / 100}`));
    writeFileSync(join(many, `folder-${Math.floor(i / 100)}`, `file-${i}.txt`), `this is file ${i}\n`);
  }
  const few = folder();
  for (let i = 0; i < 50; i++) writeFileSync(join(few, `file-${i}.txt`), `this is file ${i}\n`);
  const base = await peak(few); // its threads included
  expect((await peak(one)) - base).toBeLessThan(30);
  // A path and a digest are 200 bytes a file; the rest is the garbage of the youngest generation, which has a fixed size.
  expect((await peak(many)) - base).toBeLessThan(45);
});
