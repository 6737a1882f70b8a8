/**
 * `npm run dependencies`: what installing the package brings, as the lock file pins it, and what is wrong with it. Asks no
 * registry, so it says the same everywhere; whether there is an advisory is what `npm audit` knows.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root: string = fileURLToPath(new URL("..", import.meta.url));
const LICENCES: readonly string[] = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly pinned: boolean;
  readonly installs: boolean;
  /** A program for one platform, of which npm installs the one that fits. */
  readonly platform: boolean;
}

/** What comes with the package, of the lock file's text. */
export function dependencies(lock: string): Dependency[] {
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Locked>> };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(([path, { version = "", license = "none", integrity, optional, os, hasInstallScript }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      licence: license,
      pinned: integrity !== undefined,
      installs: hasInstallScript === true,
      platform: optional === true && os !== undefined,
    }));
}

/** What is wrong with them, given the page that is to name them. */
export function faults(all: readonly Dependency[], page: string): string[] {
  const wrong: string[] = [];
  for (const { name, licence, pinned, installs, platform } of all) {
    const known = page.includes(`| [${name}](`) || (platform && name.startsWith("@esbuild/"));
    if (!known) wrong.push(`${name} is not in docs/guide/dependencies.md`);
    if (!LICENCES.includes(licence)) wrong.push(`${name} has the licence ${licence}`);
    if (!pinned) wrong.push(`${name} is not pinned by a hash`);
    // fsevents is built on macOS from its own files.
    if (installs && name !== "esbuild" && name !== "fsevents") wrong.push(`${name} runs a script when it is installed`);
  }
  return wrong;
}

export const lockFile: string = readFileSync(`${root}package-lock.json`, "utf8");
export const page: string = readFileSync(`${root}docs/guide/dependencies.md`, "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = dependencies(lockFile);
  for (const { name, version, licence, installs, platform } of all) {
    if (platform) continue;
    console.log(`${name} ${version} ${licence}${installs ? ", runs a script when it is installed" : ""}`);
  }
  console.log(`and one of ${all.filter(({ platform }) => platform).length} packages with a program for one platform`);
  const wrong = faults(all, page);
  for (const each of wrong) console.error(`wrong: ${each}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
