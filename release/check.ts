/** What must be so before the package is published; `npm run release` asks. Says all that is wrong at once. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string; repository?: unknown };
const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

const wrong: string[] = [];
if (git("status", "--porcelain") !== "") wrong.push("the work tree has changes that are not committed");
if (!readFileSync(`${root}CHANGELOG.md`, "utf8").includes(`\n## ${manifest.version} - `)) {
  wrong.push(`CHANGELOG.md has no section for ${manifest.version}; npm run release:version makes it`);
}
const pending = readdirSync(`${root}.changeset`).filter((file) => file.endsWith(".md") && file !== "README.md");
if (pending.length > 0) wrong.push(`changesets are left over: ${pending.join(", ")}`);
if (manifest.repository === undefined) {
  wrong.push('package.json has no "repository", which a provenance statement is checked against');
}
if (wrong.length > 0) {
  console.error(`not to be released:\n${wrong.map((each) => `- ${each}`).join("\n")}`);
  process.exitCode = 1;
} else console.log(`${manifest.version} can be released`);
