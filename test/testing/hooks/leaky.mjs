// A file of tests for node:test, of which one leaks.
import { afterEach, beforeEach, test } from "node:test";
import { chan, go } from "millrace";
import { leaks } from "millrace/testing";

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
