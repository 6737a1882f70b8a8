/** Every link of the documentation leads somewhere: to a file that is there, and in it to a heading that is there. */
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, it } from "vitest";
import { linkedSources, page } from "../../docs/.vitepress/links.ts";
import { anchor } from "../../docs/.vitepress/markdown.ts";
import { documents, root } from "../kit/blocks.ts";

function anchors(file: string): string[] {
  return [...readFileSync(root + file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading as string));
}

it.each(documents().filter((file) => file.endsWith(".md")))("%s", (file) => {
  const text = readFileSync(root + file, "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  const broken: string[] = [];
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target as string)) continue;
    const [path, heading] = (target as string).split("#") as [string, string?];
    const linked = path === "" ? file : posix.join(posix.dirname(file), path);
    if (!existsSync(root + linked)) broken.push(target as string);
    else if (heading !== undefined && !anchors(linked).includes(heading)) broken.push(target as string);
  }
  expect(broken).toEqual([]);
});

it("has a page on the site for every document that is linked, or lies in a linked folder", () => {
  expect(linkedSources().filter((file) => file.endsWith(".md") && page(file) === undefined)).toEqual([]);
});

it("lists every decision", () => {
  const list = readFileSync(`${root}docs/decisions/README.md`, "utf8");
  const decisions = documents().filter((file) => /^docs\/decisions\/\d/.test(file));
  expect(decisions.filter((file) => !list.includes(`](${posix.basename(file)})`))).toEqual([]);
});

it("names every guide in the README", () => {
  const readme = readFileSync(`${root}README.md`, "utf8");
  expect(documents().filter((file) => file.startsWith("docs/guide/") && !readme.includes(file))).toEqual([]);
});
