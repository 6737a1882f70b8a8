import { bubble } from "millrace/testing";
import { expect } from "vitest";

/** The error that a bubble rejects with. */
export async function failure<E extends Error>(
  fn: () => unknown,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const error = await bubble(fn).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(kind);
  return error as E;
}
