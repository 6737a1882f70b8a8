/**
 * Queues in a file, for the processes of one machine: durable, and without a server. Needs `node:sqlite`, of Node 22.13 and later.
 *
 * @module millrace/remote/sqlite
 */
import { builtin } from "../../runtime/host.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import { RemoteError } from "../error.ts";
import type { Connection, Port, Transport } from "../transport.ts";
import { SqliteConnection } from "./connection.ts";
import type { NodeFs, NodeSqlite } from "./host.ts";

/**
 * A transport that keeps everything in a file: all processes of this machine that open the same one are a fleet's. A process
 * that sends wakes those that wait through a second file beside it, so that none polls.
 *
 * What was sent survives the processes. After a crash of the machine the latest may be missing: the file is written as
 * SQLite's `synchronous = normal` does.
 *
 * @param path of the file, which is made if it is not there; on a local disk
 * @throws ArgumentError when it is not a path
 *
 * @example
 * ```ts no-run
 * import { run } from "millrace";
 * import { connect } from "millrace/remote";
 * import { sqlite } from "millrace/remote/sqlite";
 * await run(function* () {
 *   const fleet = yield* connect(sqlite("jobs.db"), { name: "shop" });
 *   yield* fleet.queue<string>("mails").send("ann");
 *   yield* fleet.drain();
 * });
 * ```
 */
export function sqlite(path: string): Transport {
  if (typeof path !== "string" || path === "" || path.includes("\0") || path === ":memory:") {
    throw new ArgumentError(`sqlite: expected the path of a file, got ${show(path)}; without a file, use memory()`);
  }
  return {
    open(fleet: string, port: Port): Connection {
      return new SqliteConnection(path, fleet, port, hostOf());
    },
  };
}

/** What of Node it needs; an error where that is not there. */
function hostOf(): { readonly fs: NodeFs; readonly sqlite: NodeSqlite } | RemoteError {
  const fs = builtin("node:fs") as NodeFs | undefined;
  const found = builtin("node:sqlite") as NodeSqlite | undefined;
  if (fs !== undefined && found !== undefined) return { fs, sqlite: found };
  return new RemoteError("CONNECT", "sqlite: this host has no node:sqlite; it needs Node 22.13 or later");
}
