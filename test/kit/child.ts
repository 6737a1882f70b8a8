/** Programs in processes of their own: what they print and how they end. They use the built package. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
/** The command, as installed. */
export const cli: string = `${root}dist/cli/main.js`;
if (!existsSync(cli)) throw new Error("the package is not built; run npm run build");
const programs = fileURLToPath(new URL("../process/programs/", import.meta.url));

/** The path of a program by its name. */
export const program = (name: string): string => `${programs}${name}`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Another Node than the one that runs the tests. */
  readonly command?: string | undefined;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Called when its output contains `ready`, or what is given. */
  readonly whenReady?: (child: ChildProcess) => void;
  readonly ready?: string;
  /** Milliseconds after which it is killed. */
  readonly patience?: number;
}

/** Runs `node ...argv` to its end. A program that hangs is killed, so that its test fails with what it said until then. */
export function node(argv: readonly string[], settings: Settings = {}): Promise<Ended> {
  const { NODE_OPTIONS: _, MILLRACE_SEED: __, ...env } = process.env;
  const child = spawn(settings.command ?? process.execPath, argv, {
    cwd: settings.cwd ?? root,
    env: { ...env, ...settings.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const killer = setTimeout(() => child.kill("SIGKILL"), settings.patience ?? 50_000);
  let stdout = "";
  let stderr = "";
  let { whenReady } = settings;
  const look = (said: string): void => {
    if (!said.includes(settings.ready ?? "ready")) return;
    whenReady?.(child);
    whenReady = undefined;
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    look(stdout);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    look(stderr);
  });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(settings.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(killer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Runs a program with `millrace run`. */
export function millrace(name: string, args: readonly string[] = [], settings: Settings = {}): Promise<Ended> {
  return node([cli, "run", program(name), ...args], settings);
}

/** Translates a program to plain JavaScript, which starts in a tenth of the time. Gives the path of the file. */
export async function javaScript(name: string, folder: string, format: "esm" | "cjs"): Promise<string> {
  const source = readFileSync(program(`${name}.ts`), "utf8");
  const { code } = await transform(source, { loader: "ts", target: "es2022", format });
  const file = join(folder, `${name}.${format === "esm" ? "mjs" : "cjs"}`);
  const built = (entry: string): string => join(root, "dist", entry, format === "esm" ? "index.js" : "index.cjs");
  writeFileSync(
    file,
    code.replace(/"millrace(\/\w+)?"/g, (_, entry = "") => JSON.stringify(built(entry))),
  );
  return file;
}

/**
 * Stacks, with each place replaced by the line of source that stands there: so a golden says whether file, line and
 * column are right, and stays the same when the lines above change.
 */
export function withSource(text: string): string {
  return text.replace(/(\/[^\n:]*\.[cm]?[jt]s):(\d+):(\d+)/g, (place, file: string, line: string, column: string) => {
    const source = readFileSync(file, "utf8").split("\n")[Number(line) - 1];
    if (source === undefined || Number(column) > source.length) return `${place} is not in the file`;
    const name = file.slice(file.lastIndexOf("/") + 1);
    return `${name.replace(/\.[cm]?[jt]s$/, "")}: ${source.trim()}`;
  });
}

/** How a program ended, as the goldens have it: the same on every version of Node. */
export function golden({ code, signal, stdout, stderr }: Ended): string {
  const end = signal === null ? `exit ${code}` : `killed by ${signal}`;
  const text = [...section("stdout", withSource(stdout)), ...section("stderr", withSource(stderr)), end].join("\n");
  return `${text.replace(/^(node:internal\/\S+):\d+$/gm, "$1").replace(/^Node\.js v[\d.]+$/gm, "Node.js")}\n`;
}

function section(title: string, text: string): string[] {
  return text === "" ? [] : [`-- ${title} --`, text.replace(/\n$/, "")];
}
