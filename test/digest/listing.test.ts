import fc from "fast-check";
import { expect, test } from "vitest";
import { format, isBlank, parse, verdictLine } from "../../examples/digest/listing.ts";

const sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
const line = (text: string) => parse(text);

test("a line is the digest, two spaces and the path", () => {
  expect(format({ sha256, path: "a b/c" })).toBe(`${sha256}  a b/c\n`);
});

test("a path with a newline, carriage return or backslash is escaped, and the line marked", () => {
  expect(format({ sha256, path: "a\nb" })).toBe(`\\${sha256}  a\\nb\n`);
  expect(format({ sha256, path: "a\rb" })).toBe(`\\${sha256}  a\\rb\n`);
  expect(format({ sha256, path: "a\\b" })).toBe(`\\${sha256}  a\\\\b\n`);
});

test("whatever bytes a path has, it is read back", () => {
  const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
  const path = fc.array(fc.oneof(byte, fc.constantFrom("\\", "\n", "\r", " ", "*", "n")), { minLength: 1 });
  fc.assert(
    fc.property(path, (characters) => {
      const entry = { sha256, path: characters.join("") };
      const text = format(entry);
      expect(text.indexOf("\n")).toBe(text.length - 1);
      expect(parse(text.slice(0, -1))).toEqual(entry);
    }),
  );
});

test("takes what sha256sum -c takes", () => {
  expect(line(`${sha256} *a`)).toEqual({ sha256, path: "a" });
  expect(line(` \t${sha256.toUpperCase()}  a`)).toEqual({ sha256, path: "a" });
  expect(line(`SHA256 (a) b) = ${sha256}`)).toEqual({ sha256, path: "a) b" });
  expect(line(`\\SHA256 (a\\nb) = ${sha256}`)).toEqual({ sha256, path: "a\nb" });
  expect(line(`${sha256}  a\\qb`)).toEqual({ sha256, path: "a\\qb" });
});

test.each([
  ["words", "no digest here"],
  ["a digest alone", sha256],
  ["no path", `${sha256}  `],
  ["one space", `${sha256} a`],
  ["a digit too few", `${sha256.slice(1)}  a`],
  ["a digit too many", `0${sha256}  a`],
  ["no hexadecimal", `g${sha256.slice(1)}  a`],
  ["an unknown escape", `\\${sha256}  a\\qb`],
  ["an escape without its letter", `\\${sha256}  a\\`],
  ["npm's own words", "> millrace@0.1.0 start"],
])("%s is malformed", (_, text) => {
  expect(line(text)).toBeUndefined();
});

test("empty lines and comments are neither an entry nor a mistake", () => {
  expect([isBlank(""), isBlank("# comment"), isBlank(" ")]).toEqual([true, true, false]);
});

test("a verdict escapes the path only where it would take two lines", () => {
  expect(verdictLine("a\\b", "OK")).toBe("a\\b: OK\n");
  expect(verdictLine("a\n\\b", "FAILED")).toBe("\\a\\n\\\\b: FAILED\n");
});
