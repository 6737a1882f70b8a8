/**
 * A path is its bytes, one character each (latin1). A file name on Unix is any bytes but NUL and `/`: read as UTF-8, what is
 * no UTF-8 would be lost. And comparing such strings compares bytes, so that sorting them is `LC_ALL=C sort`.
 */
export type Path = string;

/** A path as JavaScript has it, from the command line. */
export function path(text: string): Path {
  return Buffer.from(text).toString("latin1");
}

/** What the file system takes. */
export function bytes(path: Path): Buffer {
  return Buffer.from(path, "latin1");
}

/** A path as a person reads it, on one line. */
export function readable(path: Path): string {
  return bytes(path)
    .toString()
    .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The path of `name` in `folder`. */
export function join(folder: Path, name: string): Path {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

export function compare(a: Path, b: Path): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
