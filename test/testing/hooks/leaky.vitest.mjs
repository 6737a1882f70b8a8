// The same for vitest.
import { chan, go } from "millrace";
import { leaks } from "millrace/testing";
import { afterEach, beforeEach, test } from "vitest";

leaks({ beforeEach, afterEach });

test("tidy", async () => {
  const ch = chan(1);
  go(() => ch.send(1));
  await ch.recv();
});

test("leaky", () => {
  go(function* forgotten() {
    yield* chan().recv();
  });
});

test("tidy again: what the one before left is not its fault", () => {});
