/** What stands behind the `#` of the tour's and the inspector's addresses: links that people send each other, or cut short. */
import fc from "fast-check";
import { expect } from "vitest";
import { readPlace, writePlace } from "../../src/inspector/page/app/address.ts";
import { readAddress, shareAddress } from "../../src/tour/app/address.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

const SLUGS = ["goroutines", "unbuffered-channels", "select"];
const PANELS = ["goroutines", "channels", "timeline"];
const slug = fc.constantFrom(...SLUGS);
/** As long as it is text at all: half of a character of two can't be sent. */
const text = fc.string({ unit: "binary", maxLength: 60 });
const code = fc.oneof(text, fc.constantFrom("", "\uFEFFimport", "\0", "a\r\nb"));
const shared = fc.tuple(slug, code).map(([where, program]) => shareAddress(where, program));
const place = fc.record({ panel: fc.constantFrom(...PANELS), selected: text });

fuzz("a program that is shared is what arrives", fc.tuple(slug, code), ([where, program]) => {
  const address = shareAddress(where, program);
  expect(address).toMatch(/^#[\w/-]+$/);
  expect(readAddress(address)).toEqual({ slug: where, code: program });
});

fuzz("any address is a lesson, with or without a program", fc.oneof(damaged(shared), text), (hash) => {
  const { slug: where, code: program } = readAddress(hash);
  expect(where).toMatch(/^[a-z-]*$/);
  expect(program === null || Buffer.from(program).toString() === program).toBe(true);
  unpolluted();
});

fuzz("a place that is written is what is read", place, (there) => {
  expect(readPlace(writePlace(there), PANELS)).toEqual(there);
});

fuzz("any address is a place", fc.oneof(damaged(place.map(writePlace)), text), (hash) => {
  const { panel, selected } = readPlace(hash, PANELS);
  expect(PANELS).toContain(panel);
  // It can be written into the address again.
  expect(readPlace(writePlace({ panel, selected }), PANELS)).toEqual({ panel, selected });
  unpolluted();
});
