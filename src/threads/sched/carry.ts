/**
 * What of the caller's async context goes along to another thread.
 *
 * A context itself can't leave its thread, but what it stands for can: a trace's `traceparent`, a request's id. So the
 * caller's thread puts that into a carrier, which travels with the task, and the thread that runs it makes a context of it.
 * Where the program says nothing about it, the carrier is OpenTelemetry's, if that has a propagator: through its global
 * object, since it need not be installed.
 */
import { type AsyncScope, capture } from "../../runtime/async-scope.ts";

/** How a caller's context gets to the thread that runs a parallel function. */
export interface ContextCarrier<C = unknown> {
  /** Called where `go` is: gives what is to travel, any data, or undefined for nothing. */
  inject(): C | undefined;
  /**
   * Called on the thread that runs the function: calls `fn` in a context made of what has travelled.
   *
   * @param carried what `inject` gave
   * @param fn is to be called once, at once
   */
  extract(carried: C, fn: () => void): void;
}

let chosen: ContextCarrier | null = null;

/** The program's own way. */
export function carryWith(carrier: ContextCarrier): void {
  chosen = carrier;
}

/** What goes along with a task; undefined for nothing. */
export function carried(): unknown {
  return (chosen ?? openTelemetry())?.inject();
}

/** The scope of a goroutine that has brought `carried` along. */
export function arrived(carried: unknown, base: AsyncScope): AsyncScope {
  let scope: AsyncScope = base;
  const seen = (): void => {
    scope = capture(base);
  };
  const carrier = chosen ?? openTelemetry();
  if (carrier === null) seen();
  else carrier.extract(carried, seen);
  return scope;
}

// ---- OpenTelemetry ---------------------------------------------------------------------------------------------------

type Texts = Record<string, string>;

/** What `@opentelemetry/api` registers, in all its versions 1. */
interface Telemetry {
  readonly context?: {
    active(): unknown;
    with(context: unknown, fn: () => void): void;
  };
  readonly propagation?: {
    inject(context: unknown, into: Texts, setter: { set(into: Texts, key: string, value: string): void }): void;
    extract(
      context: unknown,
      from: Texts,
      getter: { get(from: Texts, key: string): string | undefined; keys(from: Texts): string[] },
    ): unknown;
  };
}

const TELEMETRY: unique symbol = Symbol.for("opentelemetry.js.api.1") as never;
const setter = {
  set(into: Texts, key: string, value: string): void {
    into[key] = value;
  },
};
const getter = { get: (from: Texts, key: string): string | undefined => from[key], keys: Object.keys };

function openTelemetry(): ContextCarrier | null {
  const { context, propagation } = (globalThis as { [TELEMETRY]?: Telemetry })[TELEMETRY] ?? {};
  if (context === undefined || propagation === undefined) return null;
  return {
    inject() {
      const texts: Texts = {};
      propagation.inject(context.active(), texts, setter);
      return Object.keys(texts).length === 0 ? undefined : texts;
    },
    extract(carried, fn) {
      context.with(propagation.extract(context.active(), carried as Texts, getter), fn);
    },
  };
}
