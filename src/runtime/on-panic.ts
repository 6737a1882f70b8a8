/** Who decides what a panic ends. */
import { callback } from "./args.ts";
import type { G } from "./g.ts";
import { ArgumentError, show } from "./panic.ts";
import { createdBy, panicStack } from "./traceback.ts";
import type { PanicHandler, PanickedGoroutine } from "./types.ts";

/** What a handler is told of `g`, which `error` ends. Called while its frames are still there. */
export function panickedGoroutine(error: unknown, g: G): PanickedGoroutine {
  return { id: g.id, name: g.name, stack: stackOf(error, g), createdBy: createdBy(g) };
}

/** Empty where the error has none to give, or throws when it is asked for it. */
function stackOf(error: unknown, g: G): string {
  try {
    return error instanceof Error ? panicStack(error, g) : "";
  } catch {
    return "";
  }
}

/** Where a goroutine stood, as Go prints it. */
export function traceOf({ id, name, stack, createdBy, thread }: PanickedGoroutine): string {
  const where = thread === undefined ? "" : `, thread ${thread}`;
  const origin = createdBy === undefined ? "" : `\ncreated by ${createdBy.name} in goroutine ${createdBy.id}`;
  const site = createdBy?.site === undefined ? "" : `\n\t${createdBy.site}`;
  return `goroutine ${id} [running${where}]:\n${stack === "" ? `${name}()` : stack}${origin}${site}`;
}

/** Asks `handler`. Gives the error that ends the run, which has the handler's own as well if that fails; else null. */
export function ask(
  handler: PanicHandler,
  error: unknown,
  goroutine: PanickedGoroutine,
): { readonly error: unknown } | null {
  try {
    const verdict: unknown = handler(error, goroutine);
    if (verdict === "goroutine") return null;
    if (verdict === undefined || verdict === "run") return { error };
    throw new ArgumentError(`onPanic: the handler must return "goroutine", "run" or nothing, got ${show(verdict)}`);
  } catch (thrown) {
    if (thrown === error) return { error };
    return { error: new AggregateError([error, thrown], "a panic, and an error of the handler that was told of it") };
  }
}

/** Refuses what can't be a handler. */
export function checkHandler(where: string, handler: unknown): void {
  callback(where, handler, 'a function (error, goroutine) => "goroutine" | "run"');
}
