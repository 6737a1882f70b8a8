/**
 * Module loader hooks that compile the program's own modules: what lies in no `node_modules`. Older versions of Node run
 * them on a thread of its own. Like `resolve.ts` it is plain JavaScript once built.
 *
 * It stands before what translates TypeScript, which therefore gets compiled TypeScript, and takes its source map along.
 */
import { fileURLToPath } from "node:url";
import { compile } from "../compiler/compile.ts";

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

type Next<R> = (url: string, context: object) => R;

/** Where these hooks are, for `module.register`. */
export const here: string = import.meta.url;

/** Where the library's own modules are. */
const OWN = new URL("..", here).href;

export async function load(url: string, context: object, next: Next<Promise<Loaded>>): Promise<Loaded> {
  return compiled(url, await next(url, context));
}

/** The same for hooks on the program's own thread. */
export function loadSync(url: string, context: object, next: Next<Loaded>): Loaded {
  return compiled(url, next(url, context));
}

function compiled(url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  const kind = /^(module|commonjs)(-typescript)?$/.exec(format ?? "")?.[1] as "module" | "commonjs" | undefined;
  if (kind === undefined || source == null || !url.startsWith("file:")) return loaded;
  if (url.startsWith(OWN) || url.includes("/node_modules/")) return loaded;
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  const result = compile(text, fileURLToPath(url), { format: kind });
  if (result === null) return loaded;
  const map = Buffer.from(result.map).toString("base64");
  return { ...loaded, source: `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}` };
}
