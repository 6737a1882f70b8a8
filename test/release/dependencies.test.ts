/** Nothing comes with the package. */
import { expect, it } from "vitest";
import { dependencies, lockFile } from "../../release/dependencies.ts";

it("the lock file has only packages for development", () => {
  expect(dependencies(lockFile)).toEqual([]);
});

it("a dependency is found, and what it stands on", () => {
  const lock = JSON.stringify({
    packages: {
      "": { name: "millrace" },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/a/node_modules/b": { version: "2.0.0" },
      "node_modules/c": { version: "3.0.0", dev: true },
    },
  });
  expect(dependencies(lock)).toEqual(["a 1.0.0", "b 2.0.0"]);
});
