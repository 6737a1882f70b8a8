/** The program as its users meet it, in a process of its own, against the real sha256sum. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { digest, end, folder, MAIN, program, reference, shell, start, tooLong, tree, wrote } from "./kit.ts";

const LARGE = Buffer.alloc(700_000, "all work and no play ");

/** A tree whose listing is more than any pipe holds. */
const longListing = () =>
  tree(Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${"n".repeat(240)}${i}`, ""])));

describe("a listing", () => {
  test("is what sha256sum prints, sorted in byte order, and it accepts it", async () => {
    const root = tree({
      "a.txt": "x",
      "a/b": "y",
      "a-b": "z",
      B: "",
      "é/ü": "umlaut",
      "with space": "",
      "back\\slash": "1",
      "new\nline": "2",
      "carriage\rreturn": "3",
      "-dash": "",
      large: LARGE,
    });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/no-utf8-`), Buffer.from([0xff, 0xfe])]), "");
    symlinkSync("large", join(root, "link"));
    execFileSync("mkfifo", [join(root, "pipe")]);

    const { code, stdout, stderr } = await digest([root]);
    expect(stdout).toBe(reference(root));
    expect(stderr).toMatch(/^digest: 12 files, 700012 bytes, [\d.]+ s, [\d.]+ MB\/s, 0 errors, 2 skipped\n$/);
    expect(code).toBe(0);

    writeFileSync(join(root, "listing"), stdout, "latin1");
    expect(shell("sha256sum --strict -c listing", root).split("\n")).toHaveLength(13);
  });

  test("is of the current folder by default, however many goroutines there are", async () => {
    const root = tree(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`d${i % 7}/f${i}`, `${i}`])));
    const want = reference(".", root);
    expect(await digest([], { cwd: root })).toMatchObject({ code: 0, stdout: want });
    expect(await digest(["--jobs", "1"], { cwd: root })).toMatchObject({ code: 0, stdout: want });
    expect(await digest(["-j", "64", "."], { cwd: root })).toMatchObject({ code: 0, stdout: want });
  });

  test("of an empty folder is empty", async () => {
    const { code, stdout, stderr } = await digest([folder()]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^digest: 0 files, 0 bytes, /);
  });

  test("leaves out the file it is written to, so that it can be verified", async () => {
    const root = tree({ a: "1", listing: "old" });
    const to = openSync(join(root, "listing"), "w");
    expect(await end(start(["."], { cwd: root, stdio: ["ignore", to, "pipe"] }))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "listing"), "utf8")).toMatch(/^\w{64} {2}\.\/a\n$/);
    expect(shell("sha256sum --strict -c listing", root)).toBe("./a: OK\n");
  });

  test("goes on after what can't be read, says so, and ends with 1", async () => {
    const root = tree({ a: "1", z: "2" });
    tooLong(root);
    const { code, stdout, stderr } = await digest([root]);
    expect(code).toBe(1);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.at(-1)),
    ).toEqual(["a", "z"]);
    const said = stderr.split("\n");
    expect(said.filter((line) => line.endsWith(": name too long"))).toHaveLength(2);
    expect(said.at(-2)).toMatch(/^digest: 2 files, 2 bytes, .*, 2 errors, 0 skipped$/);
  });

  test("a reader that has had enough ends it quietly", async () => {
    const child = start([longListing()]);
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await end(child)).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  test("a full disk is an error", async () => {
    const full = openSync("/dev/full", "w");
    const { code, stderr } = await end(start([tree({ a: "" })], { stdio: ["ignore", full, "pipe"] }));
    expect([code, stderr]).toEqual([1, "digest: standard output: no space left on device\n"]);
  });

  test("under tsx, as npm start runs it", async () => {
    const root = tree({ a: "1" });
    const tsx = join(MAIN, "../../../node_modules/.bin/tsx");
    expect(shell(`'${tsx}' '${MAIN}' '${root}' 2>/dev/null`, root)).toBe(reference(root));
  });
});

describe("the command line", () => {
  test("--help", async () => {
    const { code, stdout, stderr } = await digest(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: digest \[options\] \[folder\]\n/);
    for (const option of ["--check", "--jobs", "--strict", "--version"]) expect(stdout).toContain(option);
  });

  test("--version", async () => {
    const { version } = JSON.parse(readFileSync(join(MAIN, "../../../package.json"), "utf8")) as { version: string };
    expect(await digest(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each([
    [["--bogus"], /^digest: unknown option '--bogus'\n/],
    [["a", "b"], /^digest: too many arguments/],
    [["--jobs", "0"], /^digest: option '-j, --jobs <n>' argument '0' is invalid. Expected a whole number from 1 up.\n/],
    [["--jobs", "1.5"], /Expected a whole number/],
    [["--jobs"], /argument missing/],
    [["--check"], /argument missing/],
    [["/no/such/folder"], /^digest: \/no\/such\/folder: no such file or directory\n$/],
    [[MAIN], /main\.ts: not a folder\n$/],
    [["--check", "/no/such/listing"], /^digest: \/no\/such\/listing: no such file or directory\n$/],
    [["--check", "/"], /^digest: \/: illegal operation on a directory\n$/],
  ])("%j is refused with 2", async (args, said) => {
    const { code, stdout, stderr } = await digest(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(said);
  });
});

describe("--check", () => {
  test("says of each file what sha256sum says, in the order of the listing", async () => {
    const root = tree({ large: LARGE, a: "1", "b\\c": "2", "d\ne": "3", changed: "4" });
    const listing = reference(".", root);
    writeFileSync(join(root, "changed"), "5");
    writeFileSync(
      join(root, "listing"),
      `# comment\n${listing}\ngarbage\n${"0".repeat(64)}  gone\n${"0".repeat(64)} *.\n`,
      "latin1",
    );
    const { code, stdout, stderr } = await digest(["--check", "listing"], { cwd: root });
    expect(stdout).toBe(shell("sha256sum -c listing 2>/dev/null || true", root));
    expect(stdout).toContain("./changed: FAILED\n");
    expect(stderr).toMatch(
      /^digest: gone: no such file or directory\ndigest: \.: is a directory\ndigest: WARNING: 1 line is improperly formatted\ndigest: WARNING: 2 listed files could not be read\ndigest: WARNING: 1 computed checksum did NOT match\ndigest: 5 files, 700004 bytes, .* 2 errors, 0 skipped\n$/,
    );
    expect(code).toBe(1);
  });

  test("ends with 0 when all is well, also from standard input", async () => {
    const root = tree({ a: "1", "b/c": "2" });
    const { stdout: listing } = await digest([root]);
    const child = start(["-c", "-"], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin?.end(listing);
    expect(await end(child)).toMatchObject({ code: 0, stdout: `${root}/a: OK\n${root}/b/c: OK\n` });
  });

  test("a malformed line is counted, and a failure with --strict only", async () => {
    const root = tree({ a: "1" });
    writeFileSync(join(root, "listing"), `> npm start\n${reference("a", root)}`);
    expect(await digest(["-c", "listing"], { cwd: root })).toMatchObject({
      code: 0,
      stdout: "a: OK\n",
      stderr: expect.stringContaining("WARNING: 1 line is improperly formatted\n"),
    });
    expect(await digest(["--strict", "-c", "listing"], { cwd: root })).toMatchObject({ code: 1 });
  });

  test("a listing without a single good line is a failure", async () => {
    const root = tree({ listing: "garbage\n" });
    const { code, stderr } = await digest(["-c", "listing"], { cwd: root });
    expect(code).toBe(1);
    expect(stderr).toContain("digest: listing: no properly formatted checksum lines found\n");
  });
});

describe("Ctrl-C", () => {
  test("ends it with a partial summary, no listing, and 130", async () => {
    const root = tree({ a: "1", b: "2", c: "3" });
    execFileSync("truncate", ["-s", "1T", join(root, "huge")]);
    tooLong(root);
    const child = start([root]);
    const ended = end(child);
    await wrote(child, /name too long/);
    child.kill("SIGINT");
    const { code, signal, stdout, stderr } = await ended;
    expect({ code, signal, stdout }).toEqual({ code: 130, signal: null, stdout: "" });
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^digest: interrupted: \d files?, \d+ bytes?, /);
  });

  test("stops --check too", async () => {
    const root = tree({ a: "1" });
    execFileSync("truncate", ["-s", "1T", join(root, "huge")]);
    const zero = "0".repeat(64);
    writeFileSync(join(root, "listing"), `${zero}  gone\n${reference("a", root)}${zero}  huge\n`);
    const child = start(["--check", "listing"], { cwd: root });
    const ended = end(child);
    await wrote(child, /gone: no such file/);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout).not.toContain("huge");
    expect(stderr).toMatch(/^digest: interrupted: /m);
  });

  test("a second one ends it at once, even where the first has to wait for a reader that does not read", async () => {
    const child = start([longListing()]);
    await once(child.stdout as Readable, "readable"); // it is printing, and we don't take it
    let sent = 0;
    const again = setInterval(() => {
      sent++;
      child.kill("SIGINT");
    }, 100);
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    clearInterval(again);
    expect([code, signal]).toEqual([130, null]);
    expect(sent).toBeGreaterThan(1);
  });
});

describe.runIf(existsSync("/usr/bin/script"))("on a terminal", () => {
  /** The program on a terminal, its listing aside. */
  function terminal(root: string) {
    const command = [process.execPath, program(), root].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qefc", `${command} > '${root}.listing'`, "/dev/null"]);
    onTestFinished(() => {
      child.kill("SIGKILL");
      rmSync(`${root}.listing`, { force: true });
    });
    return child;
  }

  test("a bar shows how far it is, and is gone at the end", async () => {
    const root = tree(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, LARGE])));
    const { code, stdout } = await end(terminal(root));
    expect(code).toBe(0);
    expect(Buffer.from(stdout, "latin1").toString()).toMatch(/█+░* \d+% of 200 files, [\d.]+ MB, [\d.]+ MB\/s/);
    expect(stdout.split("\x1b[0J").at(-1)).toMatch(/^digest: 200 files, 140000000 bytes, .* 0 errors, 0 skipped\r\n$/);
    expect(readFileSync(`${root}.listing`, "latin1")).toBe(reference(root));
  });

  test("the listing goes to a file that it names, because it would only scroll by", async () => {
    const root = tree({ a: "1", "b c": "2" });
    const command = [process.execPath, program(), "--threads", "2", root].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qefc", command, "/dev/null"], { env: { ...process.env, TMPDIR: folder() } });
    const { code, stdout } = await end(child);
    expect(code).toBe(0);
    const said = stdout.slice(stdout.indexOf("digest: ")).split("\r\n");
    expect(said[0]).toMatch(/^digest: 2 files, 2 bytes, .* 0 errors, 0 skipped$/);
    const [, file = ""] = /^digest: hashed on 2 threads; the listing is in (\S+)$/.exec(said[1] ?? "") ?? [];
    expect(said.slice(2)).toEqual([`digest: check it with: npm start -- --check ${file}`, ""]);
    expect(readFileSync(file, "latin1")).toBe(reference(root));
    expect(await digest(["--check", file])).toMatchObject({ code: 0 });
  });

  test("Ctrl-C on the keyboard stops it, and leaves the terminal as it was", async () => {
    const root = tree({ a: "1" });
    execFileSync("truncate", ["-s", "1T", join(root, "huge")]);
    const child = terminal(root);
    child.stdout.once("data", () => child.stdin.write("\x03"));
    const { code, stdout } = await end(child);
    expect(code).toBe(130);
    expect(stdout.split("\x1b[0J").at(-1)).toMatch(/^digest: interrupted: \d files?, \d+ bytes?, .*\r\n$/);
    expect(stdout).not.toContain("\x1b[?"); // no cursor hidden, no mode changed
    expect(readFileSync(`${root}.listing`, "latin1")).toBe("");
  });
});
