/**
 * Files of the build, for what starts from a file of its own: threads, the monitor, the inspector.
 *
 * A path is from the root of `dist`. This file is there itself, in the root or in a folder; or it is a source, and `dist`
 * is beside `src`. In a bundle none of these files exists where it should, and so the answer is null.
 */
import { builtin } from "./host.ts";

declare const __filename: string | undefined;

/**
 * The URL of this file, where it has one. The CommonJS build has no `import.meta`, and must not require a module of Node's: it is
 * for browsers, too.
 */
export function here(): string | undefined {
  const url = import.meta.url as string | undefined;
  if (url !== undefined || typeof __filename !== "string") return url;
  return (builtin("node:url") as { pathToFileURL(file: string): URL } | undefined)?.pathToFileURL(__filename).href;
}

/** The file or folder at `path` in the build; null in a browser and in a bundle. */
export function built(path: string): URL | null {
  const fs = builtin("node:fs") as { existsSync(file: URL): boolean } | undefined;
  const file = here();
  if (fs === undefined || file === undefined) return null;
  for (const root of ["./", "../", "../../dist/"]) {
    const url = new URL(root + path, file);
    if (url.protocol === "file:" && fs.existsSync(url)) return url;
  }
  return null;
}

/** Whether this code is the CommonJS build. */
export function isCommonJs(): boolean {
  return import.meta.url === undefined && built("threads/serve.cjs") !== null;
}
