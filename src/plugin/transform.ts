/** What becomes of a module of the program: it is compiled, if that is wanted, and wired. */
import { pathToFileURL } from "node:url";
import type { Compiled, CompileOptions } from "../compiler/compile.ts";
import { ownFile } from "./files.ts";
import { type Wiring, wire } from "./wire.ts";

type Compiler = typeof import("../compiler/compile.ts");
type Compile = (code: string, id: string) => Compiled | null;

/** A module's new code, with its map if anything moved; null where it stays as it is. */
export interface Changed {
  readonly code: string;
  readonly map: string | null;
}

export type Transform = (code: string, id: string, wiring: () => Wiring | null) => Promise<Changed | null>;

/** What compiles a module, if that is wanted; packages are left as they were published. */
async function compiler(options: boolean | CompileOptions): Promise<Compile> {
  if (options === false) return () => null;
  // By its place: it is an ES module alone, and what it imports may not be installed.
  const file = pathToFileURL(ownFile("compiler/compile.js")).href;
  const { compile } = await (import(file) as Promise<Compiler>).catch((error: { readonly code?: unknown }) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    const text = "compile needs two packages that are not installed: npm install --save-dev oxc-parser magic-string";
    throw new Error(`millrace/plugin: ${text}`, { cause: error });
  });
  return (code, id) => (/[\\/]node_modules[\\/]/.test(id) ? null : compile(code, id, options === true ? {} : options));
}

export function transform(options: boolean | CompileOptions = false): Transform {
  let compiling: Promise<Compile> | undefined;
  return async (code, id, wiring) => {
    compiling ??= compiler(options);
    const compiled = (await compiling)(code, id);
    const text = compiled?.code ?? code;
    // Wiring moves nothing that was there, so the compiler's map stays right.
    const wired = wire(text, id, wiring);
    return wired === null && compiled === null ? null : { code: wired ?? text, map: compiled?.map ?? null };
  };
}
