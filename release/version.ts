/** `npm run release:version`: the next version, as the changesets say, in package.json and CHANGELOG.md. Commits nothing. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Change, released } from "./changelog.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const changeset = (...args: string[]): unknown =>
  execFileSync(process.execPath, [`${root}node_modules/@changesets/cli/bin.js`, ...args], {
    cwd: root,
    stdio: "inherit",
  });

interface Status {
  readonly changesets: readonly { readonly summary: string; readonly releases: readonly Pick<Change, "type">[] }[];
  readonly releases: readonly { readonly newVersion: string }[];
}
const output = ".changeset/status.json";
changeset("status", "--output", output);
const status = JSON.parse(readFileSync(root + output, "utf8")) as Status;
rmSync(root + output);

const [release] = status.releases;
if (release === undefined) throw new Error("there are no changesets; npx changeset makes one");
const changes = status.changesets.flatMap(({ summary, releases }) => releases.map(({ type }) => ({ type, summary })));
const text = readFileSync(`${root}CHANGELOG.md`, "utf8");
const changelog = released(text, release.newVersion, new Date().toISOString().slice(0, 10), changes);
changeset("version");
writeFileSync(`${root}CHANGELOG.md`, changelog);
execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { cwd: root, stdio: "inherit" });

// Copies of the library find each other by it.
const copies = `${root}src/runtime/copies.ts`;
const marked = readFileSync(copies, "utf8").replace(/(?<=^export const VERSION = ").*(?=";$)/m, release.newVersion);
if (!marked.includes(`"${release.newVersion}"`)) throw new Error("src/runtime/copies.ts has no VERSION");
writeFileSync(copies, marked);
