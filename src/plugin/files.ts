/** Files and names that the wiring of all bundlers is about. */
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { built } from "../runtime/built.ts";
import { ArgumentError } from "../runtime/panic.ts";

/** What files a module can be that has parallel functions: scripts, and what compilers of templates make of them. */
export const SCRIPTS: RegExp = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)(?:$|\?)/;

/** How a thread asks for a module: by its path from the project's folder, so that nothing of the machine that builds is in it. */
export function nameOf(id: string, root: string): string {
  return `/${relative(root, withoutQuery(id)).split(sep).join("/")}`;
}

/** A module's file, without what tools add to it. */
export function withoutQuery(id: string): string {
  return id.replace(/[?#].*$/s, "");
}

/** A file of this package, which a bundler is to read. */
export function ownFile(path: string): string {
  const url = built(path);
  if (url === null)
    throw new ArgumentError(`millrace/plugin: ${path} is not beside it; do not bundle the plug-in itself`);
  return fileURLToPath(url);
}

/** The code of a thread's file that knows `modules`, by their names, each with what it is imported by. */
export function threadOf(modules: ReadonlyMap<string, string>, load: (from: string) => string): string {
  const list = [...modules].map(([name, from]) => `${JSON.stringify(name)}: () => ${load(JSON.stringify(from))}`);
  return `import { serve } from "millrace/threads";\nconst modules = { ${list.join(", ")} };\nserve((name) => modules[name]?.());\n`;
}

/** What starts a thread: expressions for the URLs of its file, and for the options that Node is given. */
export interface Start {
  readonly node: string;
  readonly options?: string;
  readonly browser: string;
  /** Whether the file for a browser is a module. */
  readonly module?: boolean;
}

/** An expression: a function that starts a thread, in Node or in a browser. */
export function starter({ node, options = "options", browser, module = true }: Start): string {
  const inBrowser = `new Worker(${browser}${module ? ', { type: "module" }' : ""})`;
  const inNode = `new (process.getBuiltinModule("node:worker_threads").Worker)(${node}, ${options})`;
  return `(options) => globalThis.process?.getBuiltinModule ? ${inNode} : ${inBrowser}`;
}
