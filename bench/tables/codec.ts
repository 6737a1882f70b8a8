/**
 * What a value costs to encode into shared memory and to decode from there, beside `v8.serialize` and JSON:
 * `npx tsx bench/tables/codec.ts`. Microseconds of processor time, the best of some rounds.
 */
import { deserialize, serialize } from "node:v8";
import { markdownTable } from "markdown-table";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";

const item = (i: number) => ({ id: i, name: `item ${i}`, price: i * 1.5, tags: ["x"] });

const values: Record<string, unknown> = {
  "5 fields": { id: 7, name: "worker", v: 1.5, ok: true, tags: ["a", "b"] },
  "{x, y}": { x: 1.25, y: 7 },
  "12 objects": { id: 1, title: "nested", items: Array.from({ length: 11 }, (_, i) => item(i)) },
  "100 doubles": Array.from({ length: 100 }, (_, i) => i * 1.1),
  "1 KB of text": "x".repeat(1024),
  "5 characters": "hello",
  "a map of 2": new Map([
    ["a", 1],
    ["b", 2],
  ]),
};

const encoded = new Encoded();
const memory = new Uint8Array(new SharedArrayBuffer(1 << 16));
const AT = 64;

/** Where JSON and `v8.serialize` would have to put it, too. */
function copy(bytes: Uint8Array): Uint8Array {
  memory.set(bytes, AT);
  return memory.subarray(AT, AT + bytes.length);
}

interface Way {
  readonly encode: (value: unknown) => void;
  readonly decode: () => unknown;
}

let bytes = new Uint8Array(0);
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };
const ways: Record<string, Way> = {
  millrace: {
    encode(value) {
      encode(value, encoded);
      encoded.copyTo(memory, AT);
    },
    decode: () => decode(encoded.tag, encoded.aux, encoded.f64, memory, AT, AT + encoded.length),
  },
  "v8.serialize": {
    encode(value) {
      bytes = copy(serialize(value)) as typeof bytes;
    },
    decode: () => deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  },
  JSON: {
    encode(value) {
      bytes = copy(text.encoder.encode(JSON.stringify(value))) as typeof bytes;
    },
    decode: () => JSON.parse(text.decoder.decode(bytes)),
  },
};

function microseconds(what: () => void, n: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < n; i++) what();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / n);
  }
  return best;
}

const rows = Object.entries(values).map(([name, value]) => {
  const cells = Object.entries(ways).map(([way, { encode, decode }]) => {
    if (way === "JSON" && value instanceof Map) return "–";
    const there = microseconds(() => encode(value), 20_000);
    const back = microseconds(decode, 20_000);
    return `${there.toFixed(2)} / ${back.toFixed(2)}`;
  });
  encode(value, encoded);
  return [name, String(encoded.length), ...cells];
});

console.log(markdownTable([["value", "bytes", ...Object.keys(ways)], ...rows], { align: ["l", "r", "r", "r", "r"] }));
