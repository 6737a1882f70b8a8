/** The page Errors and panics lists every `code` of a Panic, with its text, and every class of errors, with its `code`. */
import { readFileSync } from "node:fs";
import * as millrace from "millrace";
import { Panic, type PanicCode } from "millrace";
import * as context from "millrace/context";
import * as inspector from "millrace/inspector";
import * as interop from "millrace/interop";
import * as op from "millrace/op";
import * as patterns from "millrace/patterns";
import * as remote from "millrace/remote";
import * as sync from "millrace/sync";
import * as testing from "millrace/testing";
import * as threads from "millrace/threads";
import * as time from "millrace/time";
import * as trace from "millrace/trace";
import { expect, it } from "vitest";
import { root } from "../kit/blocks.ts";

const union = /export type PanicCode =([^;]+);/.exec(readFileSync(`${root}src/runtime/panic.ts`, "utf8"))?.[1] ?? "";
const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code as PanicCode);

it("has all codes and their texts, and no other", () => {
  const page = readFileSync(`${root}docs/guide/errors.md`, "utf8");
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, text]) => `${code}: ${text}`);
  expect(codes).not.toEqual([]);
  expect(listed.sort()).toEqual(codes.map((code) => `${code}: ${new Panic(code).message}`).sort());
});

const entries = { context, inspector, interop, op, patterns, remote, sync, testing, threads, time, trace };
type ErrorClass = new (...args: never[]) => Error & { readonly code?: unknown };

/** What a class is made with, where it needs something. */
const ARGUMENTS: Record<string, readonly unknown[]> = {
  Panic: ["CLOSE_OF_NIL"],
  FatalError: ["UNLOCK_OF_UNLOCKED"],
  LeakError: [[], ""],
  OutsideError: [[], "", []],
  EndlessError: [1, []],
  ExploreError: ["", {}],
  RemoteError: ["CONNECT"],
  RaceError: [
    "n",
    [
      { kind: "read", goroutine: {}, stack: "" },
      { kind: "write", goroutine: {}, stack: "" },
    ],
    "",
  ],
};

it("has every class of errors that an entry exports, with the code that its errors have", () => {
  const page = readFileSync(`${root}docs/guide/errors.md`, "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)`(?: \(fatal\))? \| `(millrace[/\w]*)` \| (.+) \|$/gm)];
  const listed = rows.map(([, name, entry]) => `${entry} ${name}`).sort();
  const classes: [name: string, make: ErrorClass][] = [];
  const exported = Object.entries({ millrace, ...entries }).flatMap(([entry, names]) =>
    Object.entries(names).flatMap(([name, value]: [string, unknown]) => {
      if (typeof value !== "function" || !(value.prototype instanceof Error)) return [];
      classes.push([name, value as ErrorClass]);
      return [`${entry === "millrace" ? entry : `millrace/${entry}`} ${name}`];
    }),
  );
  expect(listed).toEqual(exported.filter((each) => each !== "millrace Panic").sort());
  for (const [name, make] of classes) {
    const { code } = new make(...((ARGUMENTS[name] ?? []) as never[]));
    expect(code, name).toMatch(/^[A-Z_]+$/);
    const said = rows.find(([, row]) => row === name)?.[3] ?? "";
    if (name !== "Panic" && name !== "RemoteError") expect(said, name).toContain(`\`${code}\``);
  }
});
