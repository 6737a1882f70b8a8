// Starts a goroutine that waits for long, says so, and stays until it is killed.
import { Redis } from "ioredis";
import { run } from "millrace";
import { background } from "millrace/context";
import { connect } from "millrace/remote";
import { redis } from "millrace/remote/redis";
import { sqlite } from "millrace/remote/sqlite";
import { waits } from "./functions.mjs";

const { server, lease } = JSON.parse(process.argv[2]);
const client = () => new Redis({ port: server.redis, maxRetriesPerRequest: null });
await run(function* () {
  const transport = server.sqlite === undefined ? redis(client) : sqlite(server.sqlite);
  const fleet = yield* connect(transport, { name: "f", lease });
  yield* fleet.go(waits, background(), 600_000).join();
});
