/** A real Redis: the whole suite with both clients, and what only a server and its failures can show. */
import { Redis } from "ioredis";
import { type Go, go, range, run } from "millrace";
import { connect, type Fleet, type Transport } from "millrace/remote";
import { type RedisClient, redis } from "millrace/remote/redis";
import { sleep } from "millrace/time";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FaultyProxy } from "../kit/proxy.ts";
import { freePort, hasRedis, RedisServer } from "../kit/redis-server.ts";
import { remoteConformance } from "./conformance.ts";
import { workerTests } from "./worker.ts";

const HOST = "127.0.0.1";

/** Both clients, eager to be connected again. */
const CLIENTS: Record<string, (port: number) => RedisClient> = {
  ioredis: (port) => new Redis(port, HOST, { retryStrategy: () => 5 }),
  "node-redis": (port) => createClient({ socket: { host: HOST, port, reconnectStrategy: () => 5 } }),
};
const over = (port: number): Transport => redis(() => (CLIENTS.ioredis as (typeof CLIENTS)[string])(port));

const failure = function* (op: () => Iterable<unknown>): Go<unknown> {
  try {
    yield* op() as Go<unknown>;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
};

describe.runIf(hasRedis)("redis", () => {
  let server: RedisServer;
  let port = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
    ({ port } = server);
  });
  afterAll(() => server.end());

  const joined = (transport: Transport, name: string, program: (fleet: Fleet) => Go, lease = 30_000): Promise<void> =>
    run(function* (): Go {
      const fleet = yield* connect(transport, { name, lease });
      yield* program(fleet);
      yield* fleet.drain();
    });

  for (const [name, make] of Object.entries(CLIENTS)) {
    describe(name, () => {
      remoteConformance(() => {
        const transport = redis(() => make(port));
        return { transport: () => transport, run: (program) => run(program) };
      }, it);

      it("a client that is passed in is used, and stays open", async () => {
        const client = make(port);
        if ("sendCommand" in client && "isOpen" in client) await client.connect();
        for (const i of [1, 2]) {
          await joined(redis(client), `${name}-own`, function* (fleet) {
            yield* fleet.queue<number>("q").send(i);
            expect((yield* fleet.queue<number>("q").stats()).ready).toBe(i);
          });
        }
        if ("callBuffer" in client) {
          expect(client.status).toBe("ready");
          client.disconnect();
        } else {
          expect(client.isReady).toBe(true);
          client.destroy();
        }
      });

      it("60 sends through a proxy that loses every answer once are 60 messages", async () => {
        const proxy = await FaultyProxy.start(port, (bytes) =>
          // A push, by its number: a double behind the word.
          bytes.includes("\r\npush\r\n") ? /no\xcb([\s\S]{8})/.exec(bytes)?.[1] : undefined,
        );
        try {
          await joined(
            redis(() => make(proxy.port)),
            `${name}-loses`,
            function* (fleet) {
              const queue = fleet.queue<number>("q");
              for (let i = 0; i < 60; i++) yield* queue.send(i);
              expect(proxy.swallowed).toBe(60);
              expect((yield* queue.stats()).ready).toBe(60);
            },
          );
        } finally {
          await proxy.end();
        }
      });

      it("scripts that are flushed are loaded again", async () => {
        await joined(
          redis(() => make(port)),
          `${name}-flushed`,
          function* (fleet) {
            const queue = fleet.queue<number>("q");
            yield* queue.send(1);
            yield* go(async () => void (await server.ask("SCRIPT FLUSH"))).join();
            yield* queue.sendMany([2, 3]);
            const got: number[] = [];
            for (let i = 0; i < 3; i++) {
              const message = yield* queue.recv();
              got.push(message?.value ?? 0);
            }
            expect(got).toEqual([1, 2, 3]);
            expect(fleet.errors.length).toBe(0);
          },
        );
      });
    });
  }

  workerTests(() => ({ server: { redis: port }, transport: over(port) }), it);

  it("20,000 sends and their work over three SIGKILLs of the server: nothing is lost, nothing is stored twice", async () => {
    const killed = await RedisServer.start();
    const messages = 20_000;
    const seen = new Map<number, string>();
    const done: number[] = [];
    const other: unknown[] = [];
    try {
      await run(function* (): Go {
        const [sender, worker] = [
          yield* connect(over(killed.port), { name: "k", lease: 2000 }),
          yield* connect(over(killed.port), { name: "k", lease: 2000 }),
        ];
        const work = go(() =>
          worker.queue<number>("q", { attempts: 1000 }).work(
            function* (value, message) {
              const id = seen.get(value) ?? message.id;
              seen.set(value, id);
              if (id !== message.id) other.push([value, id, message.id]);
              try {
                yield* message.ack();
                done.push(value);
              } catch (error) {
                if ((error as { code?: unknown }).code !== "LEASE_LOST") throw error;
              }
            },
            { concurrency: 64 },
          ),
        );
        const killer = go(async () => {
          for (const part of [0.2, 0.45, 0.7]) {
            await expect.poll(() => done.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(part * messages);
            await killed.kill();
            await killed.start();
          }
        });
        const queue = sender.queue<number>("q", { attempts: 1000 });
        for (let i = 0; i < messages; i += 100) yield* queue.sendMany(Array.from({ length: 100 }, (_, j) => i + j));
        queue.close();
        yield* work.join();
        yield* killer.join();
        for (const fleet of [sender, worker]) yield* fleet.drain();
      });
    } finally {
      await killed.end();
    }
    expect(other).toEqual([]);
    expect(seen.size).toBe(messages);
    expect(new Set(done).size).toBe(done.length);
  }, 120_000);

  it("a holder that is cut off loses its lease, and its late ack changes nothing", async () => {
    const proxy = await FaultyProxy.start(port);
    try {
      await run(function* (): Go {
        const a = yield* connect(over(proxy.port), { name: "cut", lease: 1000 });
        const b = yield* connect(over(port), { name: "cut", lease: 1000 });
        yield* b.queue<number>("q").send(1);
        const held = yield* a.queue<number>("q").recv();
        proxy.cut();
        const ended = go(() => held?.ctx.done().recv());
        const again = yield* b.queue<number>("q").recv();
        expect(again).toMatchObject({ id: held?.id, attempt: 2 });
        yield* ended.join();
        proxy.heal();
        expect(yield* failure(() => held?.ack() ?? [])).toMatchObject({ code: "LEASE_LOST" });
        yield* again?.ack() ?? sleep(0);
        expect(yield* b.queue("q").stats()).toMatchObject({ ready: 0, leased: 0 });
        yield* a.drain();
        yield* b.drain();
      });
    } finally {
      await proxy.end();
    }
  });

  it("20 receivers that wait for 10 seconds cost the server no command, and have two connections", async () => {
    const idle = await RedisServer.start();
    const count = async (): Promise<number> =>
      Number(/total_commands_processed:(\d+)/.exec(await idle.ask("INFO stats"))?.[1]);
    try {
      await joined(over(idle.port), "idle", function* (fleet) {
        const waits = Array.from({ length: 20 }, () => go(() => fleet.queue<number>("q").recv()));
        const watch = go(async () => {
          await expect.poll(async () => (await idle.ask("PUBSUB CHANNELS")).includes(":p:")).toBe(true);
          await expect.poll(async () => (await idle.ask("KEYS *")).includes(":n")).toBe(true);
          expect((await idle.ask("CLIENT LIST")).match(/^id=.*cmd=(?!client)/gm)).toHaveLength(2);
          const [first, second] = [await count(), await count()];
          await new Promise((resolve) => setTimeout(resolve, 10_000));
          expect((await count()) - second, "what counting costs").toBe(second - first);
        });
        yield* watch.join();
        yield* fleet.queue<number>("q").sendMany(waits.map((_, i) => i));
        for (const wait of waits) yield* wait.join();
      });
    } finally {
      await idle.end();
    }
  }, 40_000);

  it("a queue whose server was emptied is lost for all that wait, and can be opened anew", async () => {
    const emptied = await RedisServer.start();
    try {
      await run(function* (): Go {
        const a = yield* connect(over(emptied.port), { name: "f", lease: 1000 });
        const b = yield* connect(over(emptied.port), { name: "f", lease: 1000 });
        const waits = go(() => failure(() => a.queue("q").recv()));
        yield* b.queue<number>("other").send(1);
        yield* go(async () => void (await emptied.ask("FLUSHALL"))).join();
        expect(yield* waits.join()).toMatchObject({ code: "STATE_LOST" });
        expect(yield* failure(() => b.queue<number>("other").send(2))).toMatchObject({ code: "STATE_LOST" });
        const c = yield* connect(over(emptied.port), { name: "f", lease: 1000 });
        yield* c.queue<number>("other").send(3);
        expect(yield* c.queue<number>("other").recv()).toMatchObject({ value: 3 });
        for (const fleet of [a, b, c]) yield* fleet.drain();
      });
    } finally {
      await emptied.end();
    }
  });

  it("large messages are fetched by the process that they are for, and none stays behind", async () => {
    const large = "x".repeat(300_000);
    await joined(over(port), "large", function* (fleet) {
      const queue = fleet.queue<string>("q");
      const waits = Array.from({ length: 8 }, () => go(() => queue.recv()));
      yield* queue.sendMany(waits.map((_, i) => `${i}${large}`));
      const got: string[] = [];
      for (const wait of waits) got.push((yield* wait.join())?.value[0] ?? "");
      expect(got.sort()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    });
  });

  it("a server without memory left refuses, which is said, and a send goes on when there is some", async () => {
    const full = await RedisServer.start("--maxmemory", "3mb");
    try {
      await joined(over(full.port), "full", function* (fleet) {
        const queue = fleet.queue<string>("q");
        yield* queue.send("small");
        yield* go(async () => void (await full.ask("CONFIG SET maxmemory 1kb"))).join();
        const sends = go(() => queue.send("more"));
        const error = yield* fleet.errors.recv();
        expect(error).toMatchObject({ code: "SERVER", message: expect.stringMatching(/OOM/) });
        yield* go(async () => void (await full.ask("CONFIG SET maxmemory 0"))).join();
        yield* sends.join();
        expect((yield* queue.stats()).ready).toBe(2);
      });
    } finally {
      await full.end();
    }
  });

  it("`wait` lets a send wait for a replica", async () => {
    await joined(
      redis(() => new Redis(port, HOST), { wait: 1 }),
      "replica",
      function* (fleet) {
        const sends = go(() => fleet.queue<number>("q").send(1));
        expect(yield* fleet.errors.recv()).toMatchObject({ message: expect.stringMatching(/0 of 1 replicas/) });
        const replica = yield* go(() => RedisServer.start("--replicaof", HOST, `${port}`)).join();
        yield* sends.join();
        yield* go(() => replica.end()).join();
        expect((yield* fleet.queue<number>("q").stats()).ready).toBe(1);
      },
    );
  });

  it("nothing is left on the server of a queue that was dropped, and of processes that have left", async () => {
    const clean = await RedisServer.start();
    try {
      await joined(over(clean.port), "clean", function* (fleet) {
        const queue = fleet.queue<number>("q", { capacity: 10 });
        for (let i = 0; i < 8; i++) yield* queue.send(i, { id: `m${i}`, key: `k${i % 2}`, delay: i === 7 ? 1000 : 0 });
        for (const r = range(queue); yield* r.next(); ) {
          yield* r.value.dead("enough");
          if (r.value.value === 3) break;
        }
        yield* queue.drop();
      });
      await expect.poll(() => clean.ask("KEYS *")).toMatch(/^\*0/);
    } finally {
      await clean.end();
    }
  });

  describe("bad input", () => {
    it("what is not a client, at the call", () => {
      for (const bad of [undefined, null, 7, "redis://127.0.0.1", {}, { duplicate: () => {} }]) {
        expect(() => redis(bad as never)).toThrow(/redis: expected a client of ioredis or node-redis, or a function/);
      }
      const lazy = new Redis({ lazyConnect: true, keyPrefix: "x:" });
      expect(() => redis(lazy)).toThrow('the client has the keyPrefix "x:"');
      expect(() => redis(Object.assign(new Redis({ lazyConnect: true }), { isCluster: true }))).toThrow(/cluster/);
      const client = () => new Redis({ lazyConnect: true });
      for (const prefix of ["", "a b", 7]) {
        expect(() => redis(client, { prefix: prefix as string })).toThrow("redis: prefix: expected 1 to 64 letters");
      }
      expect(() => redis(client, { wait: -1 })).toThrow("redis: wait: expected a whole number from 0 up, got -1");
      expect(() => redis(client, null as never)).toThrow("redis: expected options like { prefix, wait }, got null");
    });

    const refused = async (transport: Transport, message: RegExp, connectTimeout = 5000): Promise<void> => {
      const connecting = run(() => connect(transport, { name: "f", connectTimeout }));
      await expect(connecting).rejects.toMatchObject({ code: "CONNECT", message: expect.stringMatching(message) });
    };

    it("a function that gives no client, from connect", async () => {
      await refused(redis((() => 7) as never), /the function gave no client.*got 7/);
    });

    it.each(Object.keys(CLIENTS))(
      "a server that is not there, after the timeout, with the last error (%s)",
      async (name) => {
        const nobody = await freePort();
        const make = CLIENTS[name] as (typeof CLIENTS)[string];
        await refused(
          redis(() => make(nobody)),
          /was not reached within 2000 ms: .*ECONNREFUSED/,
          2000,
        );
      },
    );

    it("a server that may delete messages, one in cluster mode, and a user without the rights", async () => {
      const started: RedisServer[] = [];
      try {
        const evicts = await RedisServer.start("--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru");
        const cluster = await RedisServer.start("--cluster-enabled", "yes");
        const guarded = await RedisServer.start();
        started.push(evicts, cluster, guarded);
        await refused(over(evicts.port), /maxmemory-policy is allkeys-lru.*must be noeviction/);
        await refused(over(cluster.port), /part of a cluster/);
        await guarded.ask("ACL SETUSER ann on >secret ~* &* +@all -script");
        const ann = () => new Redis(guarded.port, HOST, { username: "ann", password: "secret" });
        await refused(redis(ann), /the server refuses: NOPERM .*it needs INFO, EVALSHA, SCRIPT LOAD/);
      } finally {
        for (const each of started) await each.end();
      }
    });
  });
});
