/**
 * A GiB through a channel of 16, from a stream and into a stream: how fast, and how much memory at most.
 *
 * `tsx bench/tables/interop.ts` measures every way, each in a process of its own, and prints a table: that is what `npm run bench`
 * does. `tsx bench/tables/interop.ts WAY MIB` does one and prints a line of JSON. The channel is between a stream that makes chunks of 64 KiB and one that counts
 * them; "bare" is the same without a channel.
 */
import { execFileSync } from "node:child_process";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { chan, go, type RecvChan, range, run, wait } from "millrace";
import { fromIterable, fromReadable, toNodeReadable, toNodeWritable, toReadable, toWritable } from "millrace/interop";
import { check } from "../program.ts";

const CHUNK = 64 * 1024;
const CAPACITY = 16;

export interface Measured {
  readonly ms: number;
  /** Milliseconds of processor time, which other programs do not change. */
  readonly cpu: number;
  /** By how much the resident memory grew at most, in MiB. */
  readonly grew: number;
}

/** A chunk that no other shares its memory with. */
const chunk = (): Uint8Array => new Uint8Array(CHUNK).fill(1);

function nodeSource(n: number): Readable {
  let made = 0;
  return new Readable({
    highWaterMark: CHUNK,
    read() {
      this.push(made++ < n ? chunk() : null);
    },
  });
}

function webSource(n: number): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (made++ < n) controller.enqueue(chunk());
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function* chunks(n: number): Generator<Uint8Array, void> {
  for (let i = 0; i < n; i++) yield chunk();
}

async function* laterChunks(n: number): AsyncGenerator<Uint8Array, void> {
  yield* chunks(n);
}

class Count {
  bytes = 0;

  node(): Writable {
    return new Writable({
      highWaterMark: CHUNK,
      write: (data: Uint8Array, _, done) => {
        this.bytes += data.length;
        done();
      },
    });
  }

  web(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: (data) => {
        this.bytes += data.length;
      },
    });
  }
}

type Way = (n: number, count: Count) => Promise<unknown>;

/** A goroutine takes the chunks from one channel and puts them into another. */
function relay(source: RecvChan<Uint8Array>): RecvChan<Uint8Array> {
  const out = chan<Uint8Array>(CAPACITY);
  go(function* () {
    for (const r = range(source); yield* r.next(); ) yield* out.send(r.value);
    out.close();
  });
  return out;
}

export const ways: Record<string, Way> = {
  "Node, bare": (n, count) => pipeline(nodeSource(n), count.node()),
  "Node → channel → Node": (n, count) => {
    const source = fromReadable<Uint8Array>(nodeSource(n), { capacity: CAPACITY });
    return pipeline(toNodeReadable(relay(source)), count.node());
  },
  "Node, piped into a channel": (n, count) =>
    run(function* () {
      const ch = chan<Uint8Array>(CAPACITY);
      const piped = pipeline(nodeSource(n), toNodeWritable(ch));
      for (const r = range(ch); yield* r.next(); ) count.bytes += r.value.length;
      yield* wait(piped);
    }),
  "web, bare": (n, count) => webSource(n).pipeTo(count.web()),
  "web → channel → web": (n, count) =>
    toReadable(relay(fromReadable(webSource(n), { capacity: CAPACITY }))).pipeTo(count.web()),
  "web, piped into a channel": (n, count) =>
    run(function* () {
      const ch = chan<Uint8Array>(CAPACITY);
      const piped = webSource(n).pipeTo(toWritable(ch));
      for (const r = range(ch); yield* r.next(); ) count.bytes += r.value.length;
      yield* wait(piped);
    }),
  "async iterable → channel": (n, count) =>
    run(function* () {
      const ch = fromIterable(laterChunks(n), { capacity: CAPACITY });
      for (const r = range(ch); yield* r.next(); ) count.bytes += r.value.length;
    }),
  "iterable → channel": (n, count) =>
    run(function* () {
      for (const r = range(fromIterable(chunks(n))); yield* r.next(); ) count.bytes += r.value.length;
    }),
};

async function measure(way: Way, mib: number): Promise<Measured> {
  const n = (mib * 2 ** 20) / CHUNK;
  await way(n / 64, new Count());
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const idle = process.cpuUsage();
  const count = new Count();
  await way(n, count);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(idle);
  check(count.bytes, n * CHUNK);
  return { ms, cpu: (user + system) / 1000, grew: (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20 };
}

const [, file, name, mib = "1024"] = process.argv;
if (file === fileURLToPath(import.meta.url)) {
  const way = ways[name ?? ""];
  if (way !== undefined) console.log(JSON.stringify(await measure(way, Number(mib))));
  else {
    const rows = Object.keys(ways).map((each) => {
      const output = execFileSync(process.execPath, [...process.execArgv, file, each], { encoding: "utf8" });
      const { ms, cpu, grew } = JSON.parse(output) as Measured;
      return [each, (1024 / (ms / 1000)).toFixed(0), ((cpu * 1000) / (2 ** 30 / CHUNK)).toFixed(1), grew.toFixed(0)];
    });
    const head = ["1 GiB in chunks of 64 KiB", "MiB/s", "CPU µs a chunk", "RSS grew, MiB"];
    console.log(markdownTable([head, ...rows], { align: ["l", "r", "r", "r"] }));
  }
}
