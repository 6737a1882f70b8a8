import { expect, it } from "vitest";
import { released } from "../../release/changelog.ts";

const HEAD = "# Changelog\n\nIts form.\n\n";

it("what stood under Unreleased and what changesets say come under the new version, by kind", () => {
  const text = `${HEAD}## Unreleased\n\n### Fixed\n\n- A leak.\n\n### Added\n\n- One.\n- Two,\n  of two lines.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n`;
  const changes = [
    { type: "minor", summary: "Three.\nOf two lines." },
    { type: "patch", summary: "A crash." },
    { type: "major", summary: "A name." },
  ] as const;
  expect(released(text, "1.0.0", "2026-02-03", changes)).toBe(
    `${HEAD}## Unreleased\n\n## 1.0.0 - 2026-02-03\n\n### Added\n\n- One.\n- Two,\n  of two lines.\n- Three.\n  Of two lines.\n\n` +
      "### Changed\n\n- A name.\n\n### Fixed\n\n- A leak.\n- A crash.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n",
  );
});

it("the last section may be the only one, and there may be changesets only", () => {
  const text = `${HEAD}## Unreleased\n`;
  expect(released(text, "0.2.0", "2026-02-03", [{ type: "minor", summary: "New." }])).toBe(
    `${HEAD}## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n### Added\n\n- New.\n`,
  );
});

it("refuses a changelog without the section, and a release of nothing", () => {
  expect(() => released(HEAD, "1.0.0", "2026-02-03", [])).toThrow("no section Unreleased");
  expect(() => released(`${HEAD}## Unreleased\n`, "1.0.0", "2026-02-03", [])).toThrow("nothing changed");
});
