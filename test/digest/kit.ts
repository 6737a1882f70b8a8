/** What the tests of examples/digest share: trees on disk, the program as a child process, and the real sha256sum. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { root as project } from "../kit/child.ts";
import { compiled } from "../kit/compiled.ts";

export const MAIN: string = join(project, "examples/digest/main.ts");

let built: string | undefined;
/** The program as JavaScript, since it is started some fifty times. */
export function program(): string {
  built ??= join(compiled("examples/digest"), "main.js");
  return built;
}

/** A new folder, gone after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "digest-"));
  // By command, because it copes with paths that are too long to be named.
  onTestFinished(() => void execFileSync("rm", ["-rf", made]));
  return made;
}

/** A new folder with these files in it. A name may be bytes. */
export function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = folder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** Makes, below `root`, a file and a folder whose paths are too long to be opened: unreadable for root as well. */
export function tooLong(root: string): void {
  const step = "d".repeat(200);
  const file = "f".repeat(250);
  // 4096 bytes is the most a path may have; the folder above stays below it, what is in it does not.
  const depth = Math.floor((4095 - Buffer.byteLength(root)) / (step.length + 1));
  execFileSync(
    "sh",
    [
      "-c",
      `i=0; while [ $i -lt ${depth} ]; do mkdir ${step} && cd -P ${step} || exit 1; i=$((i+1)); done
     echo text > ${file}; mkdir ${"e".repeat(250)}`,
    ],
    { cwd: root },
  );
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program. `before`: more arguments for node. */
export function start(
  args: readonly string[],
  options: SpawnOptions = {},
  before: readonly string[] = [],
): ChildProcess {
  const child = spawn(process.execPath, [...before, program(), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** What it says every two seconds where standard error is not a terminal: how often depends on the machine. */
const PROGRESS = /^digest: \d+ files?, [\d.]+ MB, [\d.]+ MB\/s\n/gm;

/** What a child process wrote, one character a byte and without the lines of progress, and how it ended. */
export async function end(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("latin1").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("latin1").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr: stderr.replace(PROGRESS, "") })),
  );
}

/** Runs the program to its end. */
export function digest(...how: Parameters<typeof start>): Promise<Ended> {
  return end(start(...how));
}

/** Waits until a child process has written something that matches to standard error. */
export function wrote(child: ChildProcess, what: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.on("data", (piece: Buffer) => {
      text += piece.toString();
      if (what.test(text)) resolve();
    });
    child.on("close", () => reject(new Error(`ended without writing ${what}:\n${text}`)));
  });
}

/** What a command of the system prints, one character a byte. */
export function shell(command: string, cwd: string): string {
  return execFileSync("sh", ["-c", command], { cwd, encoding: "latin1", stdio: ["ignore", "pipe", "pipe"] });
}

/** The listing as the system's own tools make it. */
export function reference(root: string, cwd = "/"): string {
  return shell(`find '${root}' -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum`, cwd);
}
