/** The programs of examples/threads: right, and the same on one thread. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, node, root } from "../kit/child.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-examples-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What an example prints. */
async function prints(threads: number, name: string, ...args: string[]): Promise<string> {
  const argv = [cli, "run", "--threads", String(threads), join(root, "examples/threads", name), "--", ...args];
  const { code, stdout, stderr } = await node(argv, { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe.each([1, 2])("on %i", { timeout: 60_000 }, (threads) => {
  test("primes", async () => {
    expect(await prints(threads, "primes.ts", "200000")).toBe("17984 primes below 200000\n");
  });

  test("mandelbrot", async () => {
    const file = join(folder, `${threads}.png`);
    expect(await prints(threads, "mandelbrot.ts", file, "90")).toBe(`${file}: 90 × 60, 4 bands\n`);
    const { width, height, data } = decode(readFileSync(file));
    expect([width, height]).toEqual([90, 60]);
    const at = (x: number, y: number) => data[y * width + x];
    expect(at(60, 30)).toBe(0); // the middle of the set
    expect(at(0, 0)).toBeGreaterThan(50); // far outside
    // The same picture on any number of threads: it is symmetric, and this is its upper half.
    expect(createHash("sha256").update(data).digest("hex").slice(0, 16)).toMatchInlineSnapshot(`"1d61fd4a8838f623"`);
  });

  test("merge sort", async () => {
    let [seed, least, most] = [1, Infinity, -Infinity];
    for (let i = 0; i < 300_000; i++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
      least = Math.min(least, seed);
      most = Math.max(most, seed);
    }
    const said = await prints(threads, "merge-sort.ts", "300000");
    expect(said).toBe(`300000 numbers in order, from ${least} to ${most}\n`);
  });

  test("word count", async () => {
    const texts = join(folder, `texts${threads}`);
    mkdirSync(join(texts, "deep"), { recursive: true });
    for (let i = 0; i < 40; i++)
      writeFileSync(join(texts, i % 2 ? "deep" : ".", `${i}.txt`), `go go gopher number${i}\n`);
    writeFileSync(join(texts, "picture.png"), "not not text");
    const lines = (await prints(threads, "word-count.ts", texts)).split("\n");
    expect(lines[0]).toBe(`40 files under ${texts}`);
    expect(lines.slice(1, 4).map((line) => line.trim())).toEqual(["80 go", "40 gopher", "40 number"]);
  });

  test("n-body", async () => {
    // The figures that this well-known benchmark is checked with.
    expect(await prints(threads, "n-body.ts", "1000")).toBe("-0.169075164\n-0.169087605\n");
  });
});
