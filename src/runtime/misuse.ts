/** What a goroutine is told that performs operations in a way that can't work. The errors are thrown where it stands. */
import type { G } from "./g.ts";
import { Operation } from "./op.ts";
import { ArgumentError, show } from "./panic.ts";
import { reasonOf } from "./thing.ts";

/** `g` yielded something itself. */
export function yielded(g: G, value: unknown): ArgumentError {
  const said = value instanceof Operation ? "an operation without the star" : show(value);
  const instead = value instanceof Promise ? "write yield* wait(promise)" : "write yield* before an operation";
  const error = new ArgumentError(`goroutine ${g.id} (${g.name}) yielded ${said}; ${instead}`);
  error.stack = String(error); // the frames here are not where it yielded, and those can't be had
  return error;
}

/** `g` was told that an operation has to wait, and went on all the same. */
export function didNotWait(g: G): ArgumentError {
  const what = g.op === null ? "an operation" : `its operation (${reasonOf(g.op)})`;
  const how = "call a generator that performs operations with yield*, not in a loop or a spread";
  return new ArgumentError(`goroutine ${g.id} (${g.name}) did not wait for ${what}; ${how}`);
}

/** The function of `g` is of a kind that no goroutine can be. */
export function asyncGenerator(g: G): ArgumentError {
  const kinds = "a goroutine is a generator, async or plain function";
  return new ArgumentError(`go: ${g.name} is an async generator; ${kinds}`);
}
