// Values that are no errors, and errors that are not what they should be: one for each argument.
import { main } from "millrace";

const hostile = new Error("hostile");
Object.defineProperty(hostile, "message", {
  get() {
    throw new Error("no message");
  },
});
const circular: { self?: unknown } = {};
circular.self = circular;

const values: Record<string, unknown> = {
  string: "a string",
  number: 42,
  undefined,
  null: null,
  bigint: 7n,
  symbol: Symbol("s"),
  object: { code: 7, nested: { text: "x" } },
  array: [1, "two"],
  function: main,
  circular,
  lines: new Error("two\n    at lines (that:1:1)"),
  stackless: Object.assign(new Error("no stack"), { stack: undefined }),
  frozen: Object.freeze(new Error("frozen")),
  hostile,
  named: Object.assign(new Error("with a name"), { name: "MyError" }),
};

main(function* () {
  throw values[process.argv[2] ?? ""];
});
