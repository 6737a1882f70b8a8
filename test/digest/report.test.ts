import { chan, run, runtime, wait } from "millrace";
import { sharedChan } from "millrace/threads";
import { sleep } from "millrace/time";
import { afterEach, expect, test, vi } from "vitest";
import { path } from "../../examples/digest/path.ts";
import { reason, startReport } from "../../examples/digest/report.ts";
import { Bytes, Tally } from "../../examples/digest/tally.ts";
import { census, digestTree } from "../../examples/digest/tree.ts";
import { tooLong, tree } from "./kit.ts";
import { Screen } from "./screen.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("no terminal: a line every two seconds", async () => {
  vi.useFakeTimers({ now: 0 });
  const screen = new Screen(false);
  const tally = new Tally();
  const ended = run(function* () {
    const report = yield* wait(startReport(tally, screen.stream));
    tally.files = 1;
    new Bytes(tally.read).add(3_000_000);
    yield* sleep(2500);
    report.say("a: permission denied");
    tally.files = 2;
    yield* sleep(2000);
    report.stop();
  });
  await vi.advanceTimersByTimeAsync(5000);
  await ended;
  expect(screen.text).toBe(
    "digest: 1 file, 3.0 MB, 1.5 MB/s\ndigest: a: permission denied\ndigest: 2 files, 3.0 MB, 0.8 MB/s\n",
  );
});

test("a terminal: a bar, errors above it, and nothing left of it at the end", async () => {
  const screen = new Screen(true);
  await run(function* () {
    const tally = new Tally();
    const report = yield* wait(startReport(tally, screen.stream));
    tally.total = 4;
    tally.files = 1;
    yield* wait(vi.waitFor(() => expect(screen.text).toMatch(/█+░+ 25% of 4 files, 0\.0 MB/)));
    report.say("a: permission denied");
    yield* wait(vi.waitFor(() => expect(screen.text).toContain("digest: a: permission denied\n")));
    report.stop();
  });
  expect(screen.shown).toEqual(["digest: a: permission denied", ""]);
});

test("a tree is tallied: files, bytes, errors, what was skipped", async () => {
  const root = tree({ b: "12345", "c/a": "123" });
  tooLong(root);
  const said: string[] = [];
  const tally = new Tally();
  const entries = await run(function* () {
    runtime.gomaxprocs(1); // other threads would load the sources as they are
    const report = { say: (text: string) => void said.push(text), stop() {} };
    return yield* digestTree(path(root), 2, sharedChan<void>(), tally, report);
  });
  expect(entries.map((entry) => entry.path.slice(root.length + 1))).toEqual(["b", "c/a"]);
  expect(tally).toMatchObject({ files: 2, bytes: 8, errors: 2, skipped: 0 });
  expect(said.map((text) => text.replace(/^.*: /, ""))).toEqual(["name too long", "name too long"]);
  expect(tally.summary()).toMatch(/^2 files, 8 bytes, \d+\.\d\d s, \d+\.\d MB\/s, 2 errors, 0 skipped$/);
});

test("the census counts files", async () => {
  const tally = new Tally();
  const root = tree({ a: "", "b/c": "", "b/d": "" });
  await run(() => census(path(root), chan<void>(), tally));
  expect(tally.total).toBe(3);
});

test("a reason is in the words of the system", () => {
  expect(reason(Object.assign(new Error("EACCES: permission denied, open 'x'"), { errno: -13 }))).toBe(
    "permission denied",
  );
  expect(reason(new Error("is a directory"))).toBe("is a directory");
});
