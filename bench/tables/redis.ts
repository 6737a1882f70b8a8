/**
 * Messages over Redis beside BullMQ and a stream that is used by hand, on a server of its own, all in turn:
 * `npx tsx bench/tables/redis.ts [messages]`. A send goes in hundreds; 64 messages are worked on at once. Given are
 * messages a second, and the processor time of this process and the server together for each; the median of some rounds.
 */
import { Redis } from "ioredis";
import { markdownTable } from "markdown-table";
import { type Go, run } from "../../src/index.ts";
import { connect, type Queue } from "../../src/remote/index.ts";
import { redis } from "../../src/remote/redis/index.ts";
import { RedisServer } from "../../test/kit/redis-server.ts";

const AT_ONCE = 64;
const HUNDREDS = 256;
/** The first is for the compilers. */
const ROUNDS = 4;
const messages = Number(process.argv[2] ?? 20_000);

interface Side {
  send(values: readonly unknown[]): Promise<void>;
  work(count: number, atOnce: number): Promise<void>;
  end(): Promise<void>;
}

async function millrace(port: number): Promise<Side> {
  const transport = redis(() => new Redis(port));
  const inFleet = (program: (queue: Queue<unknown>) => Go) =>
    run(function* (): Go {
      const fleet = yield* connect(transport, { name: "bench" });
      yield* program(fleet.queue<unknown>("jobs"));
      yield* fleet.drain();
    });
  return {
    send: (values) =>
      inFleet(function* (queue) {
        yield* queue.sendMany(values);
      }),
    work: (count, atOnce) =>
      inFleet(function* (queue) {
        let done = 0;
        yield* queue.work(
          () => {
            if (++done === count) queue.close();
          },
          { concurrency: atOnce },
        );
        yield* queue.reopen();
      }),
    end: async () => {},
  };
}

/** What `XADD`, `XREADGROUP`, `XACK` and `XDEL` do alone: no fence, no delay, no order, nothing when a worker dies. */
async function stream(port: number): Promise<Side> {
  const client = new Redis(port);
  await client.xgroup("CREATE", "bare", "group", "0", "MKSTREAM");
  return {
    async send(values) {
      for (let i = 0; i < values.length; i += HUNDREDS) {
        const pipeline = client.pipeline();
        for (const value of values.slice(i, i + HUNDREDS)) pipeline.xadd("bare", "*", "v", JSON.stringify(value));
        await pipeline.exec();
      }
    },
    async work(count, atOnce) {
      for (let done = 0; done < count; ) {
        const got = (await client.xreadgroup("GROUP", "group", "me", "COUNT", atOnce, "STREAMS", "bare", ">")) as [
          string,
          [string, string[]][],
        ][];
        const list = got[0]?.[1] ?? [];
        for (const [, fields] of list) JSON.parse(fields[1] as string);
        const ids = list.map(([id]) => id);
        await client
          .pipeline()
          .xack("bare", "group", ...ids)
          .xdel("bare", ...ids)
          .exec();
        done += list.length;
      }
    },
    end: async () => client.disconnect(),
  };
}

interface Figure {
  readonly rate: number;
  readonly cost: number;
}

const server = await RedisServer.start("--appendonly", "no");
const { port } = server;

async function serverTime(): Promise<number> {
  const info = await server.ask("INFO cpu");
  return (
    ["sys", "user"].reduce((sum, of) => sum + Number(new RegExp(`used_cpu_${of}:([\\d.]+)`).exec(info)?.[1]), 0) * 1e6
  );
}

async function measure(what: () => Promise<void>): Promise<Figure> {
  const [before, own, start] = [await serverTime(), process.cpuUsage(), performance.now()];
  await what();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(own);
  return { rate: (messages / ms) * 1000, cost: (user + system + (await serverTime()) - before) / messages };
}

const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1] as number;

const { bullmq } = (await import(new URL("../peers/bullmq.ts", import.meta.url).href)) as {
  bullmq(port: number): Promise<Side>;
};
const sides: [string, Side][] = [
  ["Millrace", await millrace(port)],
  ["BullMQ", await bullmq(port)],
  ["a stream by hand", await stream(port)],
];
const values = Array.from({ length: messages }, (_, i) => ({ id: i, to: `user${i}@example.org`, tags: ["a", "b"] }));
const figures = new Map<string, { sends: Figure[]; works: Figure[] }>(
  sides.map(([name]) => [name, { sends: [], works: [] }]),
);
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, side] of sides) {
    const send = await measure(() => side.send(values));
    const work = await measure(() => side.work(messages, AT_ONCE));
    if (round === 0) continue;
    figures.get(name)?.sends.push(send);
    figures.get(name)?.works.push(work);
  }
}
const cells = (list: readonly Figure[]): string[] => [
  Math.round(median(list.map(({ rate }) => rate))).toLocaleString("en"),
  median(list.map(({ cost }) => cost)).toFixed(1),
];
const rows = [...figures].map(([name, { sends, works }]) => [name, ...cells(sends), ...cells(works)]);
console.log(
  markdownTable([["", "send, a second", "µs", "receive and ack, a second", "µs"], ...rows], {
    align: ["l", "r", "r", "r", "r"],
  }),
);
for (const [, side] of sides) await side.end();
await server.end();
