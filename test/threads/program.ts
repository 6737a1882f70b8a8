/** Programs with threads, in processes of their own, translated so that they start quickly. They use the built package. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { type Ended, node, root, type Settings } from "../kit/child.ts";

const programs = fileURLToPath(new URL("./programs/", import.meta.url));

/** The path of a program by its name. */
export const path = (name: string): string => join(programs, name);

/** Runs a program of `programs/`, with `options` for Node before it. */
export async function threaded(
  name: string,
  args: readonly string[] = [],
  settings: Settings & { readonly options?: readonly string[] } = {},
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-threads-"));
  try {
    const source = readFileSync(path(`${name}.ts`), "utf8");
    const { code } = await transform(source, { loader: "ts", target: "es2022", format: "esm", sourcemap: "inline" });
    const file = join(folder, `${name}.mjs`);
    const built = (_all: string, entry = "."): string => JSON.stringify(join(root, "dist", entry, "index.js"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(file, code.replace(/"millrace(?:\/(\w+))?"/g, built));
    return await node([...(settings.options ?? []), file, ...args], settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs hog.ts, with `options` for Node, until the monitor has named the one that hogs. */
export async function hogged(options: readonly string[] = []): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-hog-"));
  try {
    const enough = join(folder, "enough");
    const named = { ready: "hog.mjs", whenReady: () => writeFileSync(enough, "") };
    return await threaded("hog", [enough], { options, ...named });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
