/**
 * What reads a program's TypeScript: tsx where it is installed, else the host, which strips types from Node 22.18 on.
 *
 * tsx comes first because it reads more: enums, JSX, `tsconfig` paths, a `.js` that means a `.ts`. It is looked for beside
 * the program, then beside this package, which is where a command that is installed globally finds it.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

export interface Tsx {
  /** The module that `node --import` takes. */
  readonly loader: string;
  /** Has it load what this thread imports and requires from now on. */
  register(): Promise<void>;
}

/** Both of its loaders: a file is CommonJS where the package has no "type". */
const LOADERS = ["./cjs/api", "./esm/api"] as const;

interface Manifest {
  readonly exports: { readonly ".": string } & Record<
    (typeof LOADERS)[number],
    { readonly import: { default: string } }
  >;
}

/** The tsx of a program; null where none is installed. `program` is the URL or the absolute path of one of its files. */
export function findTsx(program: string): Tsx | null {
  for (const from of [program, import.meta.url]) {
    const require = createRequire(from);
    try {
      const file = require.resolve("tsx/package.json");
      const { exports } = require(file) as Manifest;
      const url = (path: string): string => new URL(path, pathToFileURL(file)).href;
      // Found through the manifest, because only `require` looks from where it is told to, and what it finds is the build
      // of tsx that can't register.
      const register = async (): Promise<void> => {
        for (const name of LOADERS)
          ((await import(url(exports[name].import.default))) as { register(): unknown }).register();
      };
      return { loader: url(exports["."]), register };
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return null;
}

/** Whether the host reads TypeScript itself. */
export function stripsTypes(): boolean {
  return Boolean((process as { readonly features?: { readonly typescript?: unknown } }).features?.typescript);
}

/** Whether the file at a path or URL is TypeScript. */
export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?(\?|$)/.test(file);

/** Why `file` can't be read, where tsx is not installed, and what to do; null where the host reads it. */
export function whyUnread(file: string): string | null {
  if (!isTypeScript(file)) return null;
  if (/\.tsx(\?|$)/.test(file)) return `Node does not read .tsx; install tsx: ${INSTALL}`;
  if (stripsTypes()) return null;
  return `Node ${process.versions.node} does not read TypeScript; take Node 22.18 or later, or install tsx: ${INSTALL}`;
}

export const INSTALL = "npm install --save-dev tsx";
