/** The file: the whole suite, and what only several processes can show. Where this Node has no SQLite, a newer one runs it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "millrace";
import { connect, type Transport } from "millrace/remote";
import { sqlite } from "millrace/remote/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasSqlite, onSqliteNode } from "../kit/sqlite-node.ts";
import { remoteConformance } from "./conformance.ts";
import { workerTests } from "./worker.ts";

const suite = (): void => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-sqlite-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  remoteConformance(() => {
    const transport: Transport = sqlite(join(folder, "conformance.db"));
    return { transport: () => transport, run: (program) => run(program) };
  }, it);

  workerTests((name) => {
    const file = join(folder, `${name}.db`);
    return { server: { sqlite: file }, transport: sqlite(file) };
  }, it);

  it("what is no database is refused with the file's name", async () => {
    const connecting = run(() => connect(sqlite(folder), { name: "f" }));
    await expect(connecting).rejects.toMatchObject({ code: "CONNECT", message: expect.stringContaining(folder) });
    expect(() => sqlite("")).toThrow(/expected the path of a file/);
    expect(() => sqlite(":memory:")).toThrow(/use memory\(\)/);
  });
};

const without = (): void => {
  it("says that this Node has none", async () => {
    const connecting = run(() => connect(sqlite("x.db"), { name: "f" }));
    await expect(connecting).rejects.toMatchObject({ code: "CONNECT", message: expect.stringMatching(/Node 22.13/) });
  });

  onSqliteNode("test/remote/sqlite.test.ts", "sqlite");
};

describe("sqlite", hasSqlite ? suite : without);
