/** Two processes that open one queue must mean the same. */
import { RemoteError } from "./error.ts";
import { type QueueSpec, SPEC_OPTIONS } from "./transport.ts";

/** What the two differ in; null for nothing. `there`: where `has` is. */
export function mismatch(has: QueueSpec, wants: QueueSpec, there: string): RemoteError | null {
  const differences = SPEC_OPTIONS.filter((option) => has[option] !== wants[option]);
  if (differences.length === 0) return null;
  const list = differences.map((option) => `${option} is ${has[option]}, here ${wants[option]}`).join("; ");
  return new RemoteError(
    "MISMATCH",
    `${wants.kind} ${JSON.stringify(wants.name)} has other options ${there}: ${list}; give all processes the same, or open it once with { reconfigure: true }`,
  );
}

/** A spec as text, for a server that keeps it. */
export function writeSpec(spec: QueueSpec): string {
  return JSON.stringify(spec, (_, value) => (value === Infinity ? null : value));
}

export function readSpec(text: string): QueueSpec {
  return JSON.parse(text, (_, value) => (value === null ? Infinity : value)) as QueueSpec;
}
