/** A Node that has SQLite: the one that runs the tests, or a newer one on the PATH. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Whether the Node that runs the tests has it. */
export const hasSqlite: boolean = process.getBuiltinModule("node:sqlite") !== undefined;

/** The command that starts one. */
export const sqliteNode: string | undefined = hasSqlite
  ? process.execPath
  : ["node26", "node24", "node22"].find((name) => spawnSync(name, ["-e", ""]).status === 0);
if (sqliteNode === undefined) console.warn("No Node with SQLite found, so its tests are left out.");

/**
 * A test that runs those of a file with that Node.
 *
 * @param file its path from the root
 * @param names what the names of the tests begin with
 */
export function onSqliteNode(file: string, names: string): void {
  const command = sqliteNode;
  if (command === undefined) return;
  it("passes on a newer Node", { timeout: 300_000 }, () => {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--project", "node", file, "-t", names];
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/Tests .*\d passed/);
  });
}
