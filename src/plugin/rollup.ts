/**
 * Rollup, Rolldown, and Vite when it builds: a module with parallel functions becomes a chunk that a thread can import, beside
 * the program, which imports the same one.
 *
 * So a thread's file is the same for all programs, it is known from the first such module on, and no module is in the output
 * twice. Rejected: a file that imports them all, which can't be written before the last module has been found.
 */
import type { Bundler } from "./bundler.ts";
import { starter } from "./files.ts";

/** The file of a thread, which loads what it is told to. */
export const THREAD = "virtual:millrace-thread";

const THREAD_CODE = 'import { serve } from "millrace/threads";\nserve((url) => import(/* @vite-ignore */ url));\n';

interface Resolver {
  resolve(id: string, importer: string, options: { skipSelf: boolean }): Promise<{ readonly id: string } | null>;
}

interface Emitter {
  emitFile(chunk: { type: "chunk"; id: string; name?: string }): string;
}

/** Of what a bundler says of a file that the output refers to. */
interface Reference {
  readonly referenceId?: string | null;
  readonly relativePath: string;
  readonly format: string;
}

export function rollup(): Bundler {
  /** A module that has the library, from where the thread's file finds it, too. */
  let importer = "";
  const references = new Set<string>();

  /** An expression: the URL of the chunk that `id` becomes. */
  const chunk = (context: object, id: string, name?: string): string => {
    const reference = (context as Emitter).emitFile({ type: "chunk", id, ...(name !== undefined && { name }) });
    references.add(reference);
    return `import.meta.ROLLUP_FILE_URL_${reference}`;
  };

  // Chunks stand beside each other. Vite would name them by the path that a page has them at, which a server does not.
  const output = {
    resolveFileUrl: {
      order: "pre" as const,
      handler({ referenceId, relativePath, format }: Reference): string | null {
        if (!references.has(referenceId ?? "") || !/^(es|esm|module)$/.test(format)) return null;
        return `new URL(${JSON.stringify(relativePath)}, import.meta.url).href`;
      },
    },
  };

  return {
    wiring(context, id) {
      importer ||= id;
      const url = `new URL(${chunk(context, THREAD, "thread")})`;
      return { url: chunk(context, id), worker: starter({ node: url, browser: url }) };
    },
    hooks: {
      async resolveId(id, from) {
        if (id === THREAD) return `\0${THREAD}`;
        if (from !== `\0${THREAD}` || importer === "") return null;
        return (await (this as unknown as Resolver).resolve(id, importer, { skipSelf: true })) as never;
      },
      load: (id) => (id === `\0${THREAD}` ? THREAD_CODE : null),
      rollup: output as never,
      rolldown: output as never,
      vite: output as never,
    },
  };
}
