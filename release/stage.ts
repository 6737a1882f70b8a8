/**
 * Lays out what is published, in a folder of its own: the build, the README as a package page shows it, and a manifest with
 * nothing of the workshop. `npm run stage` writes `package/`; `npm publish ./package` takes it from there.
 *
 * Rejected: a `prepack` script that changes the README where it stands and a `postpack` that changes it back. npm reads the
 * README for the package page once more after that.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root: string = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly repository?: { readonly url: string };
  readonly scripts?: unknown;
  readonly devDependencies?: unknown;
  readonly overrides?: unknown;
}

/** A block of code, or a link or a picture: its mark, what it is called and where it leads. */
const LINK = /^```[\s\S]*?^```|(!?)\[([^\]]*)\]\(([^)\s]+)\)/gm;

/**
 * A README for a page that is not beside the other files: its links to them lead to the repository, at the tag of this version.
 * Without a repository there is nowhere to lead: the words stay, a picture goes.
 */
export function packed(readme: string, { repository, version }: Pick<Manifest, "repository" | "version">): string {
  const base = repository?.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return readme.replaceAll(LINK, (whole: string, picture: string, text: string, address?: string) => {
    if (address === undefined || /^(#|[a-z]+:)/.test(address)) return whole;
    if (base === undefined) return picture === "" ? text : "";
    return `${picture}[${text}](${base}/${picture === "" ? "blob" : "raw"}/v${version}/${posix.normalize(address)})`;
  });
}

/** Writes the package into `folder`, which it empties. It has what is in `dist`: this does not build. */
export function stage(folder: string): void {
  const read = (name: string): string => readFileSync(join(root, name), "utf8");
  const manifest = JSON.parse(read("package.json")) as Manifest;
  const { scripts: _, devDependencies: __, overrides: ___, ...published } = manifest;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of [...manifest.files, "LICENSE"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "README.md"), packed(read("README.md"), manifest));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) stage(join(root, "package"));
