/** In a browser nothing may be written to the console as an error: the page's user would see it. */
import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

let errors: MockInstance<typeof console.error>;
beforeEach(() => {
  errors = vi.spyOn(console, "error");
});
afterEach(() => {
  const said = errors.mock.calls.map((call) => call.join(" "));
  errors.mockRestore();
  expect(said).toEqual([]);
});
