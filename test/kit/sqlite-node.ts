/** A Node that has SQLite: the one that runs the tests, or a newer one on the PATH. */
import { spawnSync } from "node:child_process";

/** Whether the Node that runs the tests has it. */
export const hasSqlite: boolean = process.getBuiltinModule("node:sqlite") !== undefined;

/** The command that starts one. */
export const sqliteNode: string | undefined = hasSqlite
  ? process.execPath
  : ["node26", "node24", "node22"].find((name) => spawnSync(name, ["-e", ""]).status === 0);
if (sqliteNode === undefined) console.warn("No Node with SQLite found, so its tests are left out.");
