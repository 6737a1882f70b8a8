/** The build's script, with tools that only write files: what it leaves when they fail, and when it has nothing to do. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "../kit/child.ts";

let clone: string;
const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(clone, name)), { recursive: true });
  writeFileSync(join(clone, name), text);
};
const built = (): string => readFileSync(join(clone, "dist/index.js"), "utf8");

/** What the tools do: they write the number of the build, unless they are told to fail, or to wait. */
const TOOL = `
  import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
  const at = process.argv.findIndex((arg) => /^--out-?dir$/i.test(arg)) + 1;
  const out = process.argv[at];
  mkdirSync(out, { recursive: true });
  writeFileSync(out + "/index.js", readFileSync("src/index.ts"));
  writeFileSync(out + "/index.html", "");
  if (existsSync("fail")) process.exit(3);
  if (existsSync("wait")) { console.log("ready"); setTimeout(() => {}, 60_000); }
`;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "millrace-build-"));
  mkdirSync(join(clone, "release"));
  copyFileSync(`${root}release/build.ts`, join(clone, "release/build.ts"));
  write("package.json", '{ "type": "module" }');
  write("src/index.ts", "1");
  write("node_modules/tsdown/package.json", '{ "type": "module" }');
  write("node_modules/tsdown/dist/run.mjs", TOOL);
  write("node_modules/vite/package.json", '{ "type": "module" }');
  write("node_modules/vite/bin/vite.js", TOOL);
});
afterEach(() => rmSync(clone, { recursive: true }));

/** Runs the script to its end; `ready` is called when a tool waits, with the group of all of them. */
function build(args: readonly string[], ready?: (group: number) => void): Promise<number | null> {
  const argv = ["--import", import.meta.resolve("tsx"), join(clone, "release/build.ts"), ...args];
  const child = spawn(process.execPath, argv, { cwd: clone, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.once("data", () => ready?.(-(child.pid as number)));
  return new Promise((resolve) => child.on("close", resolve));
}

it("puts a new build in the place of the old one", async () => {
  expect(await build([])).toBe(0);
  expect(built()).toBe("1");
  write("src/index.ts", "2");
  expect(await build([])).toBe(0);
  expect(built()).toBe("2");
  expect(readdirSync(clone).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
});

it("leaves the old one when it fails, and when it is interrupted", async () => {
  expect(await build([])).toBe(0);
  write("src/index.ts", "2");
  write("fail", "");
  expect(await build([])).toBe(3);
  expect(built()).toBe("1");
  rmSync(join(clone, "fail"));
  write("wait", "");
  // As the terminal's Ctrl-C does.
  expect(await build([], (group) => process.kill(group, "SIGINT"))).not.toBe(0);
  expect(built()).toBe("1");
  expect(readdirSync(clone).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
});

it("builds only what is not built yet, or changed since, when asked to", async () => {
  expect(await build(["--if-stale"])).toBe(0);
  expect(built()).toBe("1");
  write("dist/index.js", "as it was");
  expect(await build(["--if-stale"])).toBe(0);
  expect(built()).toBe("as it was");
  const later = Date.now() / 1000 + 10;
  utimesSync(join(clone, "src/index.ts"), later, later);
  expect(await build(["--if-stale"])).toBe(0);
  expect(built()).toBe("1");
});
