/**
 * `npm run dependencies`: what installing the package brings besides itself, as the lock file has it. That must be nothing. Asks no
 * registry, so it says the same everywhere.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root: string = fileURLToPath(new URL("..", import.meta.url));

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** The packages that come with this one, of the lock file's text: `name version`. */
export function dependencies(lock: string): string[] {
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Locked>> };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)} ${version}`,
    );
}

export const lockFile: string = readFileSync(`${root}package-lock.json`, "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = dependencies(lockFile);
  console.log(all.length === 0 ? "installing the package brings no other" : `wrong: it brings ${all.join(", ")}`);
  process.exitCode = all.length === 0 ? 0 : 1;
}
