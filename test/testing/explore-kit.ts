/** What exploration finds, and a program in which there is something to find. */
import { go, runtime } from "millrace";
import { ExploreError, type ExploreOptions, explore } from "millrace/testing";

export const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it did not throw, but gave ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

export const found = async (program: () => unknown, options?: ExploreOptions): Promise<ExploreError> => {
  const error = await thrown(explore(program, options));
  if (error instanceof ExploreError) return error;
  throw error;
};

export function* lostUpdate() {
  let count = 0;
  const increment = function* increment() {
    const before = count;
    yield* runtime.gosched();
    count = before + 1;
  };
  const both = [go(increment), go(increment)];
  for (const g of both) yield* g.join();
  if (count !== 2) throw new RangeError(`${count} of 2`);
}
