/** Any value of the kinds that can travel between threads. */
import fc from "fast-check";

export function anyValue(more: fc.ObjectConstraints = {}): fc.Arbitrary<unknown> {
  return fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
    ...more,
  });
}
