/** What comes with the package is what the documentation says, and nothing else. */
import { expect, it } from "vitest";
import { dependencies, faults, lockFile, page } from "../../release/dependencies.ts";

const names = dependencies(lockFile)
  .filter(({ platform }) => !platform)
  .map(({ name }) => name);

it("the lock file has what the page names, and the page what it has", () => {
  expect(faults(dependencies(lockFile), page)).toEqual([]);
  const named = [...page.matchAll(/^\| \[([^\]]+)\]\(/gm)].map(([, name]) => name);
  for (const name of names) expect(named).toContain(name);
});

it("a package that nobody wrote about, one without a hash, a script and a licence are found", () => {
  const lock = JSON.stringify({
    packages: {
      "": { name: "millrace" },
      "node_modules/a": { version: "1.0.0", license: "WTFPL", hasInstallScript: true },
      "node_modules/commander/node_modules/b": { version: "2.0.0", license: "MIT", integrity: "sha512-x" },
      "node_modules/c": { version: "3.0.0", dev: true },
    },
  });
  expect(dependencies(lock).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(faults(dependencies(lock), page)).toEqual([
    "a is not in docs/guide/dependencies.md",
    "a has the licence WTFPL",
    "a is not pinned by a hash",
    "a runs a script when it is installed",
    "b is not in docs/guide/dependencies.md",
  ]);
});
