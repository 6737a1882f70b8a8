/**
 * Queues in Redis 7.0 and later, through a client of ioredis or node-redis that you pass in.
 *
 * @module millrace/remote/redis
 */
import { checkOptions, unexpected } from "../../runtime/args.ts";
import { ArgumentError } from "../../runtime/panic.ts";
import { checkNumber } from "../check.ts";
import type { Connection, Port, Transport } from "../transport.ts";
import { clientOf, type IoredisClient, type NodeRedisClient, type RedisClient } from "./client.ts";
import { RedisConnection } from "./connection.ts";
import { bufferOf } from "./host.ts";

export type { IoredisClient, NodeRedisClient, RedisClient };

/** Options of `redis`. */
export interface RedisOptions {
  /** With what all names on the server begin: letters, digits, `-`, `_`, `:`; `"millrace"` by default. */
  readonly prefix?: string | undefined;
  /** How many replicas must have a message before its send is done; 0 by default. */
  readonly wait?: number | undefined;
}

const PREFIX = /^[A-Za-z0-9_:-]{1,64}$/;

/**
 * A transport over Redis or Valkey. Each process uses two connections: the client for its commands, and a duplicate of it on
 * which the server tells it what has arrived, so that nothing polls.
 *
 * What was sent survives as long as what Redis keeps: with `appendonly yes`, its processes may end in any way. The server must
 * not evict: its `maxmemory-policy` has to be `noeviction`. The client may be used for other things, and stays open;
 * clients that a function has made are closed with the fleet.
 *
 * @param client of ioredis or node-redis, or a function that makes one
 * @param options `prefix`, of all names on the server, and `wait`, for how many replicas
 * @throws ArgumentError when they are not that
 *
 * @example
 * ```ts no-run
 * import { Redis } from "ioredis";
 * import { run } from "millrace";
 * import { connect } from "millrace/remote";
 * import { redis } from "millrace/remote/redis";
 * await run(function* () {
 *   const fleet = yield* connect(redis(() => new Redis("redis://127.0.0.1")), { name: "shop" });
 *   yield* fleet.queue<string>("mails").send("ann");
 *   yield* fleet.drain();
 * });
 * ```
 */
export function redis(client: RedisClient | (() => RedisClient), options: RedisOptions = {}): Transport {
  const buffer = bufferOf();
  if (buffer === undefined) throw new ArgumentError("redis: this host has no node:buffer; it needs Node, Bun or Deno");
  if (typeof client !== "function") clientOf(client, buffer);
  checkOptions("redis", options, "prefix, wait");
  const { prefix = "millrace" } = options;
  if (typeof prefix !== "string" || !PREFIX.test(prefix)) {
    throw unexpected("redis: prefix", "1 to 64 letters, digits, -, _ or :", prefix);
  }
  const wait = checkNumber("redis: wait", options.wait, { least: 0, whole: true, instead: 0 });
  return {
    open(fleet: string, port: Port): Connection {
      return new RedisConnection({ client, prefix, wait, buffer }, fleet, port);
    },
  };
}
