import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, type Stats, statSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { chan, go, run, runtime, select, wait } from "millrace";
import { afterEach, describe, expect, test } from "vitest";
import { Disk, disk } from "../../examples/digest/disk.ts";
import { digestFile } from "../../examples/digest/file.ts";
import { path } from "../../examples/digest/path.ts";
import { Bytes } from "../../examples/digest/tally.ts";
import { tree } from "./kit.ts";

const PIECE = 256 * 1024;

function digestOf(file: string, skip?: Stats): Promise<{ sha256: string | undefined; size: number }> {
  return run(function* () {
    const tally = new Bytes(new SharedArrayBuffer(8));
    const sha256 = yield* digestFile(path(file), chan<void>(), tally, skip);
    return { sha256, size: tally.total };
  });
}

const openFiles = () => readdirSync("/proc/self/fd").length;

afterEach(() => {
  disk.wary = 0;
});

describe.each([
  ["on this thread", 0],
  ["on the pool", Number.POSITIVE_INFINITY],
])("read %s", (_, wary) => {
  test.each([0, 1, 1000, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17])("%i bytes", async (size) => {
    const content = Buffer.alloc(size, "some text, ");
    const file = join(tree({ f: content }), "f");
    disk.wary = wary;
    expect(await digestOf(file)).toEqual({ sha256: createHash("sha256").update(content).digest("hex"), size });
  });

  test("what can't be read is thrown, and nothing stays open", async () => {
    const root = tree({ f: "" });
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("nowhere", join(root, "dangling"));
    disk.wary = wary;
    const before = openFiles();
    await expect(digestOf(join(root, "gone"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(digestOf(join(root, "dangling"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(digestOf(join(root, "f/below"))).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(digestOf(root)).rejects.toThrow("is a directory");
    await expect(digestOf(join(root, "pipe"))).rejects.toThrow("is not a regular file");
    // There is such a file, but nothing at its beginning.
    await expect(digestOf("/proc/self/mem")).rejects.toMatchObject({ code: "EIO" });
    await digestOf(join(root, "f"));
    expect(openFiles()).toBe(before);
  });
});

test("a file that does not know its size is read to its end", async () => {
  // The kernel says 0 bytes of each of these.
  const content = readFileSync("/proc/version");
  expect(statSync("/proc/version").size).toBe(0);
  expect(await digestOf("/proc/version")).toEqual({
    sha256: createHash("sha256").update(content).digest("hex"),
    size: content.length,
  });
});

test("leaves out the file it is told to", async () => {
  const root = tree({ a: "1", b: "1" });
  const sha256 = createHash("sha256").update("1").digest("hex");
  expect(await digestOf(join(root, "a"), statSync(join(root, "a")))).toEqual({ sha256: undefined, size: 0 });
  expect(await digestOf(join(root, "b"), statSync(join(root, "a")))).toEqual({ sha256, size: 1 });
});

test("a large file is given up when the work is done with, and does not keep others from running", async () => {
  const file = join(tree({ f: "" }), "f");
  truncateSync(file, 2 ** 40); // a terabyte of nothing
  const before = openFiles();
  await run(function* () {
    const done = chan<void>();
    const tally = new Bytes(new SharedArrayBuffer(8));
    const digester = go(digestFile, path(file), done, tally);
    for (let i = 0; i < 10; i++) yield* runtime.gosched();
    expect(tally.total).toBeGreaterThan(0); // it can be seen to make progress
    // The host gets its turns as well.
    yield* wait(new Promise((resolve) => setImmediate(resolve)));
    done.close();
    expect(yield* select({ digest: digester.join() })).toEqual({ case: "digest", value: undefined });
  });
  expect(openFiles()).toBe(before);
});

describe("where the disk is asked", () => {
  /** Asks `times` times; each answer takes `ms` and reads `blocks`. Gives where each was asked. */
  function asked(times: number, answers: (i: number) => { ms: number; blocks: number }): Promise<string[]> {
    let now = 0;
    let blocks = 0;
    const disk = new Disk(
      () => now,
      () => blocks,
    );
    return run(function* () {
      const where: string[] = [];
      for (let i = 0; i < times; i++) {
        const here = () => {
          const answer = answers(i);
          now += answer.ms;
          blocks += answer.blocks;
          return "here";
        };
        where.push(yield* disk.ask(here, async () => "pool"));
      }
      return where;
    });
  }

  test("here, while answers come at once", async () => {
    expect(new Set(await asked(50, () => ({ ms: 0.01, blocks: 0 })))).toEqual(new Set(["here"]));
  });

  test("here, when they are slow but did not come from the disk", async () => {
    expect(new Set(await asked(50, () => ({ ms: 5, blocks: 0 })))).toEqual(new Set(["here"]));
  });

  test("for a while on the pool, after one that came from the disk", async () => {
    const where = await asked(40, (i) => (i === 3 ? { ms: 5, blocks: 8 } : { ms: 0.01, blocks: 0 }));
    expect(where.join(" ")).toBe(
      [..."hhhh", ..."p".repeat(16), ..."h".repeat(20)].map((w) => (w === "h" ? "here" : "pool")).join(" "),
    );
  });

  test("an error counts like an answer, and is thrown", async () => {
    const disk = new Disk(
      () => performance.now(),
      () => 0,
    );
    const failing = run(function* () {
      return yield* disk.ask(
        () => {
          throw new Error("no");
        },
        async () => 1,
      );
    });
    await expect(failing).rejects.toThrow("no");
  });
});
