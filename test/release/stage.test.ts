/** The README of a package page: its links lead to the repository, or nowhere where there is none. */
import { expect, it } from "vitest";
import { packed } from "../../release/stage.ts";

const README = `See the [guide](docs/guide/pools.md#sizes), [below](#below) and [tsx](https://tsx.is).
![The page](docs/page.png)

\`\`\`ts
all[0](value);
\`\`\`
`;

it("links to the repository at the version's tag, and shows its pictures", () => {
  const repository = { url: "git+https://example.org/owner/name.git" };
  expect(packed(README, { repository, version: "1.2.3" })).toBe(
    README.replace("(docs/guide", "(https://example.org/owner/name/blob/v1.2.3/docs/guide").replace(
      "(docs/page",
      "(https://example.org/owner/name/raw/v1.2.3/docs/page",
    ),
  );
});

it("keeps the words where there is no repository", () => {
  expect(packed(README, { version: "1.2.3" })).toBe(
    README.replace("[guide](docs/guide/pools.md#sizes)", "guide").replace("![The page](docs/page.png)", ""),
  );
});
