/**
 * Builds `dist`, all of it or nothing: the new one is made beside the old one and takes its place when it is complete, so that a
 * build that fails or is interrupted leaves what was there.
 *
 * With `--if-stale`, as `npm start` calls it, it builds only when a source is newer than what is there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
/** Each build has its own, so that two at once don't disturb each other. */
const fresh = join(root, `dist.${process.pid}`);
const old = `${fresh}.old`;

/** When the newest file of `folder`, or the file `folder`, was changed. */
function changed(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))));
}

function isFresh(): boolean {
  // Written first and last.
  const [first, last] = [join(dist, "index.js"), join(dist, "tour", "index.html")];
  if (!existsSync(first) || !existsSync(last)) return false;
  const sources = ["src", "package.json", ...readdirSync(root).filter((name) => /\.config\.ts$|^tsconfig/.test(name))];
  return sources.every((name) => changed(join(root, name)) <= statSync(first).mtimeMs);
}

/** Runs one of the tools that build; ends the process with its exit code if it fails. */
function tool(file: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", file), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv.includes("--if-stale") && isFresh()) process.exit(0);
process.on("exit", () => {
  for (const each of [fresh, old]) rmSync(each, { recursive: true, force: true });
});
// A signal ends the tools, which are in the same group; the rest is the same as when one fails.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
tool("tsdown/dist/run.mjs", "--out-dir", fresh);
tool("vite/bin/vite.js", "build", "--config", "inspector.config.ts", "--outDir", join(fresh, "inspector", "page"));
tool("vite/bin/vite.js", "build", "--config", "tour.config.ts", "--outDir", join(fresh, "tour"));
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
