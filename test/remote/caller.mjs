// Starts a goroutine that waits for long, says so, and stays until it is killed.
import { Redis } from "ioredis";
import { run } from "millrace";
import { background } from "millrace/context";
import { connect } from "millrace/remote";
import { redis } from "millrace/remote/redis";
import { waits } from "./functions.mjs";

const { port, lease } = JSON.parse(process.argv[2]);
await run(function* () {
  const fleet = yield* connect(
    redis(() => new Redis({ port, maxRetriesPerRequest: null })),
    { name: "f", lease },
  );
  yield* fleet.go(waits, background(), 600_000).join();
});
