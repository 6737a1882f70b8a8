/**
 * Turbopack, which Next builds with: a loader, which Next runs on each module of the program.
 *
 * Turbopack has no plug-ins, but it makes a chunk for a server of a file in `new Worker(new URL(…), {…})`, written so. A module with
 * parallel functions says that of itself, so that there is a chunk that a thread can load it by; the file of the threads is such a
 * chunk, too, and the same for all programs.
 *
 * Rejected: a module with parallel functions as the file of its own threads. Its top level would run there as the program's, not
 * as an import.
 */
import { basename, dirname, relative, sep } from "node:path";
import type { CompileOptions } from "../compiler/compile.ts";
import { nameOf, ownFile } from "./files.ts";
import { type Transform, transform } from "./transform.ts";
import type { Wiring } from "./wire.ts";

/** What the loader is told, as JSON. */
export interface LoaderOptions {
  readonly compile?: boolean | CompileOptions;
  /** Whether functions of the module can run on threads. */
  readonly wire: boolean;
}

/** What Turbopack says to a loader. */
interface Loading {
  readonly resourcePath: string;
  readonly rootContext: string;
  getOptions(): LoaderOptions;
  async(): (error: unknown, code?: string, map?: unknown) => void;
}

const transforms = new Map<string, Transform>();

function load(this: Loading, code: string): void {
  const done = this.async();
  const { resourcePath: id, rootContext: root } = this;
  const { compile, wire } = this.getOptions();
  const key = JSON.stringify(compile ?? false);
  const change = transforms.get(key) ?? transform(compile);
  transforms.set(key, change);
  change(code, id, () => (wire ? wiring(id, root) : null)).then(
    (changed) => done(null, changed?.code ?? code, changed?.map ?? undefined),
    (error) => done(error),
  );
}

export { load as default };

function wiring(id: string, root: string): Wiring {
  // It imports no file by its path from the root of the machine.
  const start = relative(dirname(id), ownFile("plugin/turbopack-start.js")).split(sep).join("/");
  const from = JSON.stringify(start.startsWith(".") ? start : `./${start}`);
  const self = `new URL(${JSON.stringify(`./${basename(id)}`)}, import.meta.url)`;
  return {
    imports: `import { Worker as __mr_Worker } from "node:worker_threads"; import { urlOf as __mr_url, worker as __mr_worker } from ${from};\n`,
    url: `__mr_url(${JSON.stringify(nameOf(id, root))}, import.meta.url, () => new __mr_Worker(${self}, {}))`,
    worker: "__mr_worker()",
  };
}
