/** Walking a tree: a goroutine that sends every file in it, in no particular order. */
import { opendirSync } from "node:fs";
import { opendir } from "node:fs/promises";
import type { Go, SendChan } from "millrace";
import { disk } from "./disk.ts";
import { type Done, sent } from "./done.ts";
import { bytes, join, type Path } from "./path.ts";

/** What lies in a tree. Errors are values: they go the way of the files, to whoever counts. */
export type Found = { readonly kind: "file"; readonly path: Path } | Skipped | Failed;

/** A link (they are not followed), a pipe, a socket, a device. */
export interface Skipped {
  readonly kind: "skipped";
  readonly path: Path;
}

/** A file or folder that could not be read. */
export interface Failed {
  readonly kind: "failed";
  readonly path: Path;
  readonly error: unknown;
}

/** How entries come: names as bytes, 128 at a time. */
const ENTRIES = { encoding: "latin1", bufferSize: 128 } as const;

/** Sends what lies below `root`, then closes `found`. Holds one folder open at a time, and the paths of those to come. */
export function* walk(root: Path, found: SendChan<Found>, done: Done): Go {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      if (!(yield* walkFolder(folder, folders, found, done))) break;
    } catch (error) {
      if (!(yield* sent(found, { kind: "failed", path: folder, error }, done))) break;
    }
  }
  found.close();
}

/** Sends the files of one folder and adds its folders to `folders`; says whether to go on. */
function* walkFolder(path: Path, folders: Path[], found: SendChan<Found>, done: Done): Go<boolean> {
  const folder = bytes(path);
  const dir = yield* disk.ask(
    () => opendirSync(folder, ENTRIES),
    () => opendir(folder, ENTRIES),
  );
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) folders.push(below);
      else if (!(yield* sent(found, { kind: entry.isFile() ? "file" : "skipped", path: below }, done))) return false;
    }
    return true;
  } finally {
    dir.closeSync();
  }
}
