/** `npm run fuzz -- --minutes N`: every target with new seeds, N minutes in all. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";

const here = fileURLToPath(new URL(".", import.meta.url));
const minutes = (text: string): number => {
  const n = Number(text);
  if (!(n > 0)) throw new InvalidArgumentError("Expected a number of minutes.");
  return n;
};
const { minutes: given } = new Command("fuzz")
  .option("--minutes <n>", "how long, in all", minutes, 5)
  .parse()
  .opts<{ minutes: number }>();

const files = readdirSync(here).filter((file) => file.endsWith(".test.ts"));
const targets = files.flatMap((file) => readFileSync(here + file, "utf8").match(/^fuzz\(/gm) ?? []).length;
// One file after another, so that what a target gets does not depend on how many cores there are.
const seconds = Math.max(1, Math.floor((60 * given) / targets));
console.log(`${targets} targets, ${seconds} s each`);
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "node", "--no-file-parallelism", "test/fuzz"],
  {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, FUZZ_SECONDS: String(seconds) },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
