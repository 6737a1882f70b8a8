/** Other runtimes than the one that runs the tests, as the npm registry has them: each package brings a program. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Runtime {
  readonly name: string;
  /** The package, and where in it the program is. */
  readonly package: string;
  readonly path: string;
  /** What stands before the program's file. */
  readonly before: readonly string[];
  /** Whether `require` and `import` give one copy of the package. */
  readonly oneCopy: boolean;
}

const platform = `${process.platform}-${process.arch}`;
const node = (version: number): Runtime => ({
  name: `Node ${version}`,
  package: `node-${platform}@${version}`,
  path: `node-${platform}/bin/node`,
  before: [],
  oneCopy: true,
});

export const runtimes: readonly Runtime[] = [
  node(22),
  node(24),
  node(26),
  {
    name: "Bun",
    package: `@oven/bun-${platform}@1.4.5`,
    path: `@oven/bun-${platform}/bin/bun`,
    before: [],
    oneCopy: false,
  },
  {
    name: "Deno",
    package: `@deno/${platform}-glibc@2.9.6`,
    path: `@deno/${platform}-glibc/deno`,
    before: ["run", "--allow-all"],
    oneCopy: true,
  },
];

/** Installs the runtimes, each from its package, without running anything. Gives the path of each one's program. */
export function install(): (runtime: Runtime) => string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "runtimes-")));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  for (const each of runtimes) {
    const args = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--prefer-offline"];
    // Two versions of one name can't be side by side in one folder.
    const at = join(folder, each.name);
    const { status, stderr } = spawnSync("npm", [...args, "--prefix", at, each.package], { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot install ${each.package}: ${stderr}`);
  }
  return (runtime) => join(folder, runtime.name, "node_modules", runtime.path);
}
