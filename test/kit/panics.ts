/** Asserting on panics. */
import { Panic, type PanicCode } from "millrace";
import { expect } from "vitest";

/** Fails unless `error` is the panic of that code. */
export function expectPanic(error: unknown, code: PanicCode): void {
  expect(error).toBeInstanceOf(Panic);
  expect((error as Panic).code).toBe(code);
}

/** Fails unless `fn` throws the panic of that code at once. */
export function panics(code: PanicCode, fn: () => unknown): void {
  let thrown: unknown = "nothing was thrown";
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  expectPanic(thrown, code);
}
