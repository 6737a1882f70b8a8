/** A project outside the repository with the packed package installed, as a user of the registry would have it. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stage } from "../../release/stage.ts";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

interface Manifest {
  readonly version: string;
  readonly exports: Record<string, unknown>;
}
export const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** What users may import: `millrace`, `millrace/time`, … */
export const entries: readonly string[] = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === "object" && target !== null)
  .map(([key]) => `millrace${key.slice(1)}`);

/** Those that programs import; the others run in tools. */
export const inPrograms: readonly string[] = entries.filter((entry) => entry !== "millrace/plugin");

export interface Project {
  readonly folder: string;
  readonly tarball: string;
  /** Runs Node in the project and gives what it printed to either stream, with its exit code where that is not 0. */
  node(...args: string[]): string;
  /** Installs these packages there, too, as they are here. */
  add(...names: string[]): void;
  remove(): void;
}

/** Packs what is published into `folder` and gives the file. It has what is in dist: this does not build. */
export function pack(folder: string): string {
  const staged = join(folder, "package");
  stage(staged);
  npm(folder, "pack", staged);
  rmSync(staged, { recursive: true });
  return join(folder, `millrace-${manifest.version}.tgz`);
}

/**
 * Packs, makes a project of the fixtures, and installs the package in it, beside what the lock file of the folder `tools` says,
 * where one is given.
 */
export function project(tools?: string): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "packed-")));
  const tarball = pack(folder);
  cpSync(join(root, "test/package/fixtures"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  if (tools !== undefined) {
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(root, tools, file), join(folder, file));
    npm(folder, "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
  }
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball);
  return {
    folder,
    tarball,
    node: (...args) => run(folder, process.execPath, args),
    add: (...names) => {
      for (const name of names) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program and gives what it printed to either stream. */
export function run(cwd: string, file: string, args: readonly string[]): string {
  const { stdout, stderr, status, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}${status === 0 ? "" : `exit code ${status}\n`}`;
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "pipe"], shell: process.platform === "win32" });
}
