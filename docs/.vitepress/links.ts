/**
 * Where the links of the documents lead on the site.
 *
 * The documents link as files do, so that the same links work in an editor and in a repository's browser: to other
 * documents, to source files, to folders. Documents are pages. A source file that a document links to becomes a page with
 * its text (source/), and a folder the list of its files; nothing leads out of the site.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** Documents outside docs/ that are pages all the same, and where. */
export const placed: Readonly<Record<string, string>> = {
  "HACKING.md": "hacking.md",
  "CHANGELOG.md": "changelog.md",
  "bench/RESULTS.md": "measurements.md",
  "bench/NOTES.md": "measurements-explained.md",
  "docs/decisions/README.md": "decisions/index.md",
};

/** The page of a document of the repository, relative to the site; undefined for one that has none. */
export function page(document: string): string | undefined {
  return placed[document] ?? (document.startsWith("docs/") ? document.slice("docs/".length) : undefined);
}

/** The document of a page. What is a document already stays so: VitePress says one or the other. */
export function documentOf(page: string): string {
  if (page.startsWith("docs/") || page in placed) return page;
  return Object.keys(placed).find((document) => placed[document] === page) ?? `docs/${page}`;
}

/** The address of what a document links to; the link itself where that is an address already. */
export function address(document: string, link: string): string {
  if (/^([a-z]+:|\/|#)/.test(link)) return link;
  const [path, heading] = link.split("#") as [string, string?];
  const file = posix.join(posix.dirname(document), path).replace(/\/$/, "");
  const hash = heading === undefined ? "" : `#${heading}`;
  if (file === "README.md") return `/${hash}`;
  if (file === "SECURITY.md") return "/guide/security";
  if (file === "docs/decisions") return "/decisions/";
  const to = file.endsWith(".md") ? page(file) : undefined;
  if (to !== undefined) return `/${to.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}${hash}`;
  return existsSync(root + file) ? `/source/${file}` : link;
}

/** The source files and folders that the documents link to. */
export function linkedSources(): string[] {
  const documents = [
    "HACKING.md",
    "CHANGELOG.md",
    "bench/RESULTS.md",
    "bench/NOTES.md",
    ...under("docs").filter((f) => /\.md$/.test(f)),
  ];
  const found = new Set<string>();
  for (const document of documents) {
    const text = readFileSync(root + document, "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const to = address(document, link as string).split("#")[0] as string;
      if (!to.startsWith("/source/")) continue;
      const file = to.slice("/source/".length);
      found.add(file);
      if (statSync(root + file).isDirectory()) for (const inside of under(file)) found.add(inside);
    }
  }
  return [...found].filter(isSource).sort();
}

/** Whether a file is shown as text. */
export function isSource(file: string): boolean {
  return !/\.(md|png|svg)$/.test(file);
}

/** The files of a folder, relative to the root, without what is made or installed. */
export function under(folder: string): string[] {
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, posix.join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist|cache|api|\.vitepress)\//.test(file));
}
