/**
 * Files of the build, for what starts from a file of its own: threads, the monitor, the inspector.
 *
 * A path is from the root of `dist`. This file is there itself, in the root or in a folder; or it is a source, and `dist`
 * is beside `src`. In a bundle none of these files exists where it should, and so the answer is null.
 */
import { builtin } from "./host.ts";

/** The file or folder at `path` in the build; null in a browser and in a bundle. */
export function built(path: string): URL | null {
  const fs = builtin("node:fs") as { existsSync(file: URL): boolean } | undefined;
  const here = import.meta.url as string | undefined;
  if (fs === undefined || here === undefined) return null;
  for (const root of ["./", "../", "../../dist/"]) {
    const url = new URL(root + path, here);
    if (url.protocol === "file:" && fs.existsSync(url)) return url;
  }
  return null;
}

/** Whether this code is the CommonJS build. */
export function isCommonJs(): boolean {
  return builtin("node:module") !== undefined && /\.c[jt]s$/.test(import.meta.url);
}
