import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";
import { CorruptError } from "../../src/threads/values/reader.ts";
import { anyValue } from "../kit/any-value.ts";

const into = new Encoded();

function trip(value: unknown): unknown {
  encode(value, into);
  if (into.bytes === null) return decode(into.tag, into.aux, into.f64, null);
  const bytes = new Uint8Array(into.length);
  into.copyTo(bytes, 0);
  return decode(into.tag, into.aux, into.f64, bytes, 0, bytes.length);
}

const anything = anyValue({ maxDepth: 4 });

test("any value arrives as it was sent", () => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(trip(value)).toStrictEqual(value);
    }),
    { numRuns: 3000 },
  );
});

test("records of the same few shapes arrive as they were sent", () => {
  const record = fc.record(
    {
      id: fc.integer(),
      name: fc.string({ unit: "binary" }),
      at: fc.double(),
      tags: fc.array(fc.string()),
      __proto__: fc.boolean(),
    },
    { requiredKeys: ["id"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(record), (value) => {
      expect(trip(value)).toStrictEqual(value);
    }),
    { numRuns: 1000 },
  );
});

test("graphs keep who is who", () => {
  const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.string()), { maxLength: 60 });
  fc.assert(
    fc.property(edges, (list) => {
      const nodes = Array.from({ length: 31 }, (_, i) => ({ i, out: {} as Record<string, unknown> }));
      for (const [from, to, key] of list)
        (nodes[from] as { out: object }).out = { ...nodes[from]?.out, [key]: nodes[to] };
      const back = trip(nodes) as typeof nodes;
      for (const [i, node] of nodes.entries()) {
        for (const [key, to] of Object.entries(node.out)) {
          expect(back[i]?.out[key]).toBe(back[nodes.indexOf(to as (typeof nodes)[0])]);
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** What decoding these bytes does: a value, or the one error. */
function read(bytes: Uint8Array): void {
  try {
    decode(into.tag, 0, 0, bytes, 0, bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptError);
  }
}

test("bytes that nobody wrote give one kind of error, and nothing is made that is larger than they are", () => {
  encode([1], into); // a block
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => read(bytes)),
    { numRuns: 20_000 },
  );
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("bytes that were damaged do as well", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anything, damage, fc.nat(10), (value, changes, cut) => {
      encode([value, new Error("e"), /x/, { __proto__: null, a: 1 }], into);
      const bytes = (into.bytes as Uint8Array).slice(0, into.length);
      for (const [at, to] of changes) bytes[at % bytes.length] = to;
      read(bytes);
      read(bytes.subarray(0, Math.max(1, bytes.length - cut)));
    }),
    { numRuns: 5000 },
  );
});

test("the last bytes of nothing: an empty block", () => {
  encode([1], into);
  expect(() => decode(into.tag, 0, 0, new Uint8Array(0), 0, 0)).toThrow(CorruptError);
  expect(() => decode(into.tag, 0, 0, null)).toThrow(CorruptError);
  expect(() => decode(99, 0, 0, null)).toThrow(CorruptError);
});
