/**
 * The files of the page, read once, by the path under which they are asked for. What is not among them is not there, so no
 * path leads anywhere else.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** All of `folder`; none where there is no such folder. */
export function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  let entries: { readonly name: string; isFile(): boolean; readonly parentPath?: string; readonly path?: string }[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return assets;
  }
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    // Older versions of Node call it `path`.
    const path = join(entry.parentPath ?? entry.path ?? folder, entry.name);
    assets.set(relative(folder, path).split(sep).join("/"), { type, body: readFileSync(path) });
  }
  return assets;
}

/** What is served where the page is missing. */
export const MISSING: Asset = {
  type: "text/html; charset=utf-8",
  body: Buffer.from(
    "<!doctype html><html lang=en><title>Millrace</title><h1>The inspector's page is not in this build</h1>" +
      "<p>The program is being watched, and questions are answered, but the page that asks them is missing. In a " +
      "checkout of Millrace, <code>npm run build</code> makes it.",
  ),
};
