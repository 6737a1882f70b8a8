/**
 * How CHANGELOG.md becomes that of a new version. Its form is that of Keep a Changelog, which the changelogs of changesets
 * are not, so they only say how much changed and in which words.
 */
export interface Change {
  readonly type: "major" | "minor" | "patch";
  readonly summary: string;
}

const HEADING: Readonly<Record<Change["type"], string>> = { major: "Changed", minor: "Added", patch: "Fixed" };
const ORDER: readonly string[] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/** The changelog `text` with `version`, of that day: what stood under Unreleased, and the changes. */
export function released(text: string, version: string, day: string, changes: readonly Change[]): string {
  const found = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text);
  if (found === null) throw new Error("CHANGELOG.md has no section Unreleased");
  const sections = new Map<string, string[]>();
  const section = (heading: string): string[] => {
    const lines = sections.get(heading) ?? [];
    sections.set(heading, lines);
    return lines;
  };
  for (const part of (found[1] as string).split(/^### /m).slice(1)) {
    const [heading, ...lines] = part.trim().split("\n") as [string, ...string[]];
    section(heading).push(lines.join("\n").trim());
  }
  for (const { type, summary } of changes) {
    section(HEADING[type]).push(`- ${summary.trim().replaceAll("\n", "\n  ")}`);
  }
  if (sections.size === 0) throw new Error("nothing changed: neither a changeset nor a line under Unreleased");
  const place = (heading: string): number => ORDER.indexOf(heading);
  const body = [...sections]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([heading, lines]) => `### ${heading}\n\n${lines.join("\n")}\n`)
    .join("\n");
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return `${before}## Unreleased\n\n## ${version} - ${day}\n\n${body}${after === "" ? "" : `\n${after}`}`;
}
