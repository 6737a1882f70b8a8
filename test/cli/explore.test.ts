/** `millrace explore` as a user runs it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, type Ended, node, root } from "../kit/child.ts";

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace explore ")));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  writeFileSync(
    join(folder, "race.ts"),
    `import { chan, go } from "millrace"; import { race } from "millrace/testing"; import { sleep } from "millrace/time";
export default function* () {
  const jobs = chan<number>(1, { name: "jobs" });
  go(function* worker() { yield* jobs.send(1); });
  go(function* closer() { jobs.close(); });
}
export function* fixed() {
  const jobs = chan<number>(1);
  yield* go(() => jobs.send(1)).join();
  jobs.close();
  return "done";
}
export function* deep() {
  const inner = function* inner(): Generator<any, void, any> {
    throw new Error("boom", { cause: new TypeError("why") });
  };
  yield* go(() => inner()).join();
}
export function* racy() {
  const c = race({ n: 0 }, { name: "c" });
  const g = go(function* other() {
    console.assert(c.n >= 0);
  });
  c.n = 1;
  yield* g.join();
}
export function* many() {
  const one = chan<number>(64);
  for (let g = 0; g < 6; g++) go(function* () { for (let i = 0; i < 8; i++) yield* one.send(i); });
}
export function* timed() {
  yield* sleep(1);
}
export async function fetcher() {}
export const answer = 42;
`,
  );
  writeFileSync(
    join(folder, "old.cjs"),
    'const { chan } = require("millrace");\nexports.program = function* () { yield* chan(1).send(1); };\n',
  );
  writeFileSync(
    join(folder, "main.ts"),
    `import { go, main } from "millrace";
import { Mutex } from "millrace/sync";
main(function* () {
  const [a, b] = [new Mutex(), new Mutex()];
  const both = function* (first: Mutex, second: Mutex) {
    yield* first.lock();
    yield* second.lock();
    second.unlock();
    first.unlock();
  };
  const other = go(both, b, a);
  yield* both(a, b);
  yield* other.join();
});
`,
  );
  writeFileSync(join(folder, "no-syntax.ts"), "const n: number = ;\n");
  writeFileSync(join(folder, "nothing.ts"), "export const answer = 42;\n");
  writeFileSync(join(folder, "broken.ts"), 'throw new Error("at the top");\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

const explore = (...argv: string[]): Promise<Ended> => node([cli, "explore", ...argv], { cwd: folder });

describe("millrace explore", () => {
  test("finds a failure, says what happened, and ends with 1", async () => {
    const { code, stdout, stderr } = await explore("race.ts");
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^race\.ts: panic: send on closed channel\n/);
    expect(stdout).toMatch(/main +│ 2 worker +│ 3 closer/);
    expect(stdout).toMatch(/panic: send on closed channel │ +race\.ts:4\n/);
    const [, again = ""] = /^To run it again: millrace explore race\.ts --replay (mr1:\S+)\n$/m.exec(stdout) ?? [];
    const replayed = await explore("race.ts", "--replay", again);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toContain("panic: send on closed channel");
  });

  test("prints the lines and the stack of a throw, and its cause, also of a replay", async () => {
    const { stdout } = await explore("race.ts", "--export", "deep");
    expect(stdout).toMatch(/\ngoroutine 2 \[running\]:\n(?:.*\n\t.*\n)*.*\n\t.*race\.ts:\d+:\d+\n/);
    expect(stdout).toMatch(/cause: TypeError: why/);
    const [, again = ""] = /--replay (mr1:\S+)\n$/.exec(stdout) ?? [];
    const replayed = await explore("race.ts", "--export", "deep", "--replay", again);
    expect(replayed.stdout).toMatch(/\ngoroutine 2 \[running\]:\n[\s\S]*race\.ts:\d+:\d+[\s\S]*cause: TypeError: why/);
  });

  test("prints both accesses of a race", async () => {
    const { stdout } = await explore("race.ts", "--export", "racy");
    expect(stdout).toMatch(
      /goroutine 2 \(other\) reads it at\nother\(\)\n\t.*race\.ts:\d+:\d+\n\ngoroutine 1 \(main\) had written it at\nracy\(\)\n\t.*race\.ts:\d+:\d+\n/,
    );
  });

  test("says what cut a search off", async () => {
    const { stdout } = await explore("race.ts", "--export", "many", "--runs", "3000");
    expect(stdout).toMatch(/^race\.ts: no failure in 3,000 runs of about [\d,]+; --runs cut the search off\n$/);
  });

  test("says which schedules were left out because of time", async () => {
    expect(await explore("race.ts", "--export", "timed")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /\(timers fire only when nothing else can happen; --timers any tries the rest\)\n$/,
      ),
    });
    const { stdout } = await explore("race.ts", "--export", "timed", "--timers", "any");
    expect(stdout).not.toContain("timers");
  });

  test("says that nothing fails, and ends with 0", async () => {
    expect(await explore("race.ts", "--export", "fixed")).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(
        /^race\.ts: no schedule fails: \d+ runs, every order of the steps that depend on each other\n$/,
      ),
      stderr: "",
    });
    expect(await explore("race.ts", "--export", "fixed", "--strategy", "pct", "--runs", "1000")).toMatchObject({
      code: 0,
      stdout: "race.ts: no failure in 1,000 runs\n",
    });
    expect(await explore("race.ts", "--export", "fixed", "--replay", "mr1:i:~ma")).toMatchObject({
      code: 0,
      stdout: "race.ts: returned 'done'\n",
    });
  });

  test("takes what a CommonJS file exports under the name program", async () => {
    expect(await explore("old.cjs")).toMatchObject({ code: 0, stderr: "" });
  });

  test("takes what the file calls main with, and does not run it otherwise", async () => {
    const { code, stdout, stderr } = await explore("main.ts");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/^main\.ts: all goroutines are asleep - deadlock!\n/);
    // Its lines are the program's, not the library's.
    expect(stdout).toMatch(/│ waits: sync\.Mutex\.Lock +main\.ts:7$/m);
    const [, again = ""] = /^To run it again: millrace explore main\.ts --replay (\S+)$/m.exec(stdout) ?? [];
    expect(await explore("main.ts", "--replay", again)).toMatchObject({ code: 1, stderr: "" });
  });

  test("says what can't be explored, and ends with 1", async () => {
    const { code, stdout, stderr } = await explore("race.ts", "--export", "fetcher");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^millrace explore: race\.ts: the program is an async function/);
  });

  test("passes on what the file throws when it is loaded", async () => {
    const { code, stderr } = await explore("broken.ts");
    expect(code).toBe(1);
    expect(stderr).toContain("at the top");
    const syntax = await explore("no-syntax.ts");
    expect(syntax.code).toBe(1);
    expect(syntax.stderr).toMatch(/^millrace explore: Transform failed with 1 error:\n.*no-syntax\.ts:1:18: ERROR: /);
  });

  test.each([
    [["nowhere.ts"], "millrace explore: nowhere.ts: no such file"],
    [["nothing.ts"], "millrace explore: nothing.ts: it has no default export, none named program, and calls no main()"],
    [
      ["race.ts", "--export", "answer"],
      "it has no function named answer; --export takes one of: default, deep, fetcher, fixed, many, racy, timed",
    ],
    [["race.ts", "--strategy", "all"], "Allowed choices are exhaustive, random, pct."],
    [["race.ts", "--runs", "0"], "Expected a whole number from 1 up."],
    [["race.ts", "--replay", "mr1:i:~aa"], "its check sum is wrong"],
    [[], "missing required argument 'file'"],
  ])("refuses %j with 2", async (argv, says) => {
    const { code, stdout, stderr } = await explore(...argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
  });
});
