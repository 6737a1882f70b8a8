/** A real Redis: the whole suite with both clients, and what only a server can show. */
import { Redis } from "ioredis";
import { run } from "millrace";
import { redis } from "millrace/remote/redis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { hasRedis, RedisServer } from "../kit/redis-server.ts";
import { remoteConformance } from "./conformance.ts";

describe.runIf(hasRedis)("redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.end());

  const clients = {
    ioredis: () => redis(() => new Redis(server.port, "127.0.0.1")),
    "node-redis": () => redis(() => createClient({ socket: { host: "127.0.0.1", port: server.port } })),
  };
  for (const [name, make] of Object.entries(clients)) {
    describe(name, () => {
      remoteConformance(() => {
        const transport = make();
        return { transport: () => transport, run: (program) => run(program) };
      }, it);
    });
  }
});
