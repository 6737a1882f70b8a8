/**
 * TypeScript to a module that a browser's thread can import: types are taken away, and the imports of `millrace` lead to
 * the library as the tour has it. Lines stay where they are, so stacks need no map.
 *
 * A module and not a string to evaluate, so that the page's policy can forbid `eval`. Rejected: an import map, which
 * threads do not have.
 */
import { init, parse } from "es-module-lexer/js";
import { transform } from "sucrase";

/** What is written instead of a blob's address wherever the program's file is shown. */
export const FILE = "main.ts";

/**
 * @param library the addresses of what can be imported, by name
 * @throws Error that says what is wrong, and in which line
 */
export async function compile(code: string, library: ReadonlyMap<string, string>): Promise<string> {
  let script: string;
  try {
    script = transform(code, {
      transforms: ["typescript"],
      disableESTransforms: true,
      preserveDynamicImport: true,
      filePath: FILE,
    }).code;
  } catch (error) {
    throw new Error(explained(error));
  }
  await init;
  const [imports] = parsed(script);
  let done = "";
  let at = 0;
  for (const { type, specifier: name, start, end } of imports) {
    if (type === "import-meta" || name === undefined || name === null) continue;
    const address = library.get(name);
    if (address === undefined) {
      throw new Error(
        `${FILE}: there is no ${JSON.stringify(name)} in the tour, only ${[...library.keys()].join(", ")}`,
      );
    }
    done += script.slice(at, start) + (/["'`]/.test(script[start] ?? "") ? JSON.stringify(address) : address);
    at = end;
  }
  return `${done}${script.slice(at)}\n//# sourceURL=${FILE}\n`;
}

function parsed(script: string): ReturnType<typeof parse> {
  try {
    return parse(script, FILE);
  } catch (error) {
    throw new Error(explained(error));
  }
}

function explained(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const place = (error as { readonly loc?: { readonly line: number; readonly column: number } } | null)?.loc;
  const message = text.replace(/^Error transforming [^:]*: /, "").replace(/ \(\d+:\d+\)$/, "");
  if (place === undefined) return message.startsWith(FILE) ? message : `${FILE}: ${message}`;
  return `${FILE}:${place.line}:${place.column}: ${message}`;
}
