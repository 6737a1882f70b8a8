/** Where a fleet's queues are: in the memory of this process, or in the file or the Redis that FLEET names. */
import { Redis } from "ioredis";
import { memory, type Transport } from "millrace/remote";
import { redis } from "millrace/remote/redis";
import { sqlite } from "millrace/remote/sqlite";

const { FLEET = "" } = process.env;

export function transport(): Transport {
  if (FLEET === "") return memory();
  if (!FLEET.startsWith("redis")) return sqlite(FLEET);
  return redis(() => new Redis(FLEET, { maxRetriesPerRequest: null }));
}
