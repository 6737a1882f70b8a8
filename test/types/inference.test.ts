/** What the compiler infers when a channel is passed to something generic. */
import { chan, type RecvChan, range } from "millrace";
import { expectTypeOf, test } from "vitest";

const first = <T>(ch: RecvChan<T, unknown>): T | undefined => {
  const [value, ok] = ch.tryRecv() ?? [undefined, false];
  return ok ? value : undefined;
};

test("the element type of a channel is inferred without its zero value", () => {
  const plain = chan<number>(1);
  const zeroed = chan<string>(1, { zero: "" });
  const view: RecvChan<number> = plain;

  expectTypeOf(range(plain).value).toEqualTypeOf<number>();
  expectTypeOf(range(zeroed).value).toEqualTypeOf<string>();
  expectTypeOf(range(view).value).toEqualTypeOf<number>();
  expectTypeOf(first(plain)).toEqualTypeOf<number | undefined>();
  expectTypeOf(first(zeroed)).toEqualTypeOf<string | undefined>();
});

test("recvOk narrows the value by ok", async () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  const [value, ok] = await ch.recvOk();
  if (ok) expectTypeOf(value).toEqualTypeOf<number>();
  else expectTypeOf(value).toEqualTypeOf<undefined>();
});
