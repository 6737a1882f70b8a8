/**
 * Takes the white space out of built files that people do not read: the CommonJS files, which only older tools load, and
 * chunks of what is run rather than imported (the command, the inspector, the plug-ins of tools). The ES modules of the
 * library stay as they are, because debuggers and stacks show them.
 */
import { transform } from "esbuild";
import type { Rolldown } from "tsdown";

/** What a program never imports. */
const TOOLS = /\/(?:node_modules|src\/(?:cli|compiler|eslint|inspector|plugin))\//;

/** A step of the build, the last one: what comes later would print the code anew. */
export function compact(): Rolldown.Plugin {
  return {
    name: "compact",
    async generateBundle({ format }, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !/\.c?js$/.test(chunk.fileName)) continue;
        const isTool = chunk.moduleIds.every((id) => TOOLS.test(id) || id.startsWith("\0"));
        if (format !== "cjs" && !isTool) continue;
        chunk.code = (
          await transform(chunk.code, { minifyWhitespace: true, minifySyntax: true, legalComments: "inline" })
        ).code;
      }
    },
  };
}
