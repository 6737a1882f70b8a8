import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chan, go, range, run, runtime } from "millrace";
import { expect, test } from "vitest";
import { path } from "../../examples/digest/path.ts";
import { type Found, walk } from "../../examples/digest/walker.ts";
import { folder, tooLong, tree } from "./kit.ts";

/** Everything the walker sends, by path. */
function found(root: string): Promise<Found[]> {
  return run(function* () {
    const found = chan<Found>();
    go(walk, path(root), found, chan<void>());
    const all: Found[] = [];
    for (const f = range(found); yield* f.next(); ) all.push(f.value);
    return all.sort((a, b) => (a.path < b.path ? -1 : 1));
  });
}

test("finds every file at every depth, hidden ones too, and folders are no files", async () => {
  const root = tree({ ".hidden": "", a: "", "b/c/d/e": "", "b/c.txt": "" });
  mkdirSync(join(root, "empty"));
  expect(await found(root)).toEqual(
    [".hidden", "a", "b/c.txt", "b/c/d/e"].map((name) => ({ kind: "file", path: `${root}/${name}` })),
  );
});

test("a path is the root as it was given, and one slash", async () => {
  const root = tree({ a: "" });
  expect(await found(`${root}/`)).toEqual([{ kind: "file", path: `${root}/a` }]);
});

test("skips links and special files, and does not follow a link to a folder", async () => {
  const root = tree({ "real/a": "" });
  symlinkSync("real/a", join(root, "link"));
  symlinkSync("real", join(root, "folder"));
  symlinkSync("nowhere", join(root, "dangling"));
  symlinkSync("..", join(root, "real/loop"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  expect((await found(root)).map(({ kind, path }) => `${kind} ${path.slice(root.length + 1)}`)).toEqual([
    "skipped dangling",
    "skipped folder",
    "skipped link",
    "skipped pipe",
    "file real/a",
    "skipped real/loop",
  ]);
});

test("names are bytes: what is no UTF-8 is not lost", async () => {
  const root = folder();
  const names = [Buffer.from([0x67, 0xff]), Buffer.from("é"), Buffer.from("a\nb")];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), "");
  const paths = (await found(root)).map((f) => f.path.slice(root.length + 1));
  expect(paths).toEqual(["a\nb", "g\xff", "\xc3\xa9"]);
});

test("a folder that can't be read is a value like any other, and the walk goes on", async () => {
  const root = tree({ a: "" });
  tooLong(root);
  const all = await found(root);
  const failed = all.filter((f) => f.kind === "failed");
  expect(failed.map((f) => (f.error as NodeJS.ErrnoException).code)).toEqual(["ENAMETOOLONG"]);
  expect(all.filter((f) => f.kind === "file")).toHaveLength(2);
});

test("a root that is gone is a value too", async () => {
  const root = folder();
  rmSync(root, { recursive: true });
  expect(await found(root)).toMatchObject([{ kind: "failed", path: root, error: { code: "ENOENT" } }]);
});

test("walks no further than somebody receives", async () => {
  const root = tree(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, ""])));
  await run(function* () {
    const found = chan<Found>(2, { name: "found" });
    go(walk, path(root), found, chan<void>());
    // The third send parks, whatever else could run.
    while (found.length < 2) yield* runtime.gosched();
    for (let i = 0; i < 100; i++) yield* runtime.gosched();
    expect(runtime.goroutines().find((g) => g.name === "walk")).toMatchObject({ state: "waiting", reason: "select" });
    expect(found.length).toBe(2);
  });
});

test("stops, and closes its channel, when the work is done with", async () => {
  const root = tree(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}/f`, ""])));
  const count = await run(function* () {
    const found = chan<Found>();
    const done = chan<void>();
    const walker = go(walk, path(root), found, done);
    yield* found.recv();
    done.close();
    yield* walker.join();
    let count = 0;
    for (const f = range(found); yield* f.next(); ) count++;
    return count;
  });
  expect(count).toBe(0);
});
