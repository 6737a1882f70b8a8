/** The two ways to perform an operation: `yield*` in a generator goroutine, `await` in an async one. */
import type { Op } from "millrace";
import type { Script, Style } from "./kit.ts";

const yieldStar: Style = {
  name: "yield*",
  on: (op) => op as unknown as Iterable<unknown, never, unknown>,
  body: (script) => script,
};

/** Runs a script as an async function does: each operation it names is awaited and its outcome handed back. */
async function drive<R>(script: Script<R>): Promise<R> {
  let next = script.next();
  while (next.done !== true) {
    let value: unknown;
    try {
      value = await (next.value as Op<unknown>);
    } catch (error) {
      next = script.throw(error);
      continue;
    }
    next = script.next(value);
  }
  return next.value;
}

const awaiting: Style = {
  name: "await",
  *on<T>(op: Op<T>) {
    return (yield op) as T;
  },
  body: (script) => async () => drive(script()),
};

export const styles: readonly Style[] = [yieldStar, awaiting];
