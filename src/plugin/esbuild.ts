/**
 * esbuild: a thread's file is a bundle of its own, which the program's bundle has the path of.
 *
 * It imports all modules with parallel functions, so they must be known before: a build of the program that writes nothing
 * finds them. esbuild has no other way for a plug-in to see all modules before it has to say what is in one.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { UnpluginOptions } from "unplugin";
import type { Bundler } from "./bundler.ts";
import { nameOf, SCRIPTS, starter, threadOf } from "./files.ts";
import { wire } from "./wire.ts";

type Build = Parameters<NonNullable<NonNullable<UnpluginOptions["esbuild"]>["setup"]>>[0];
type Options = Build["initialOptions"];
type Plugin = NonNullable<Options["plugins"]>[number];

/** What a module imports to get the path of the thread's file. */
const FILE = "millrace-thread";

export function esbuild(): Bundler {
  let options: Options = {};
  return {
    wiring(_context, id) {
      if (!options.bundle || (options.outdir ?? options.outfile) === undefined) return null; // nothing to put a file beside
      const format = formatOf(options);
      const url = "new URL(__mr_file, base)";
      const start = starter({ node: url, browser: url, module: format === "esm" });
      return {
        imports: `import __mr_file from "${FILE}";\n`,
        url: JSON.stringify(nameOf(id, rootOf(options))),
        worker: `((base) => ${start})(${BASE[format]})`,
      };
    },
    hooks: {
      esbuild: {
        loader: () => "default",
        setup(build) {
          options = build.initialOptions;
          provide(build);
        },
      },
    },
  };
}

/** What a path in the output is relative to, asked while the module is evaluated. */
const BASE = {
  esm: "import.meta.url",
  cjs: 'require("node:url").pathToFileURL(__filename)',
  iife: "document.currentScript?.src ?? location.href",
};

function formatOf({ format, platform }: Options): "esm" | "cjs" | "iife" {
  if (format !== undefined) return format;
  return platform === "node" ? "cjs" : platform === "neutral" ? "esm" : "iife";
}

function rootOf(options: Options): string {
  return options.absWorkingDir ?? process.cwd();
}

/** Gives the program's bundle the path of a thread's file, and makes that file. */
function provide({ initialOptions: options, esbuild: { build }, onResolve, onLoad, onStart }: Build): void {
  let made: Promise<{ contents: Uint8Array; watchFiles: string[] }> | undefined;
  onStart(() => {
    made = undefined;
  });
  onResolve({ filter: new RegExp(`^${FILE}$`) }, () => ({ path: `thread${extensionOf(options)}`, namespace: FILE }));
  onLoad({ filter: /.*/, namespace: FILE }, async () => {
    made ??= make(options, build);
    return { ...(await made), loader: "file" };
  });
}

/** A thread's file must be what it is also where no package.json says so. */
function extensionOf(options: Options): string {
  if (options.platform !== "node") return ".js";
  return formatOf(options) === "esm" ? ".mjs" : ".cjs";
}

async function make(
  options: Options,
  build: Build["esbuild"]["build"],
): Promise<{ contents: Uint8Array; watchFiles: string[] }> {
  const { plugins = [], splitting: _splitting, outfile, entryPoints, stdin, ...rest } = options;
  const found = new Map<string, string>();
  const common: Options = {
    ...rest,
    outdir: options.outdir ?? dirname(outfile ?? ""),
    logLevel: "silent",
    plugins: [...plugins.filter(({ name }) => name !== "millrace"), finder(rootOf(options), found)],
  };
  const program = {
    ...common,
    ...(entryPoints && { entryPoints }),
    ...(stdin && { stdin }),
    sourcemap: false,
  } as const;
  const { metafile } = await build({ ...program, write: false, metafile: true });
  const [first = rootOf(options)] = found.values();
  const contents = threadOf(found, (from) => `import(${from})`);
  const thread = {
    ...common,
    stdin: { contents, resolveDir: dirname(first) },
    sourcemap: options.sourcemap && "inline",
  };
  const { outputFiles } = await build({ ...thread, write: false } as Options & { write: false });
  const output = outputFiles.find(({ path }) => /\.[cm]?js$/.test(path));
  const watchFiles = Object.keys(metafile.inputs).filter((file) => !/^[\w-]{2,}:/.test(file));
  return {
    contents: output?.contents ?? new Uint8Array(),
    watchFiles: watchFiles.map((file) => resolve(rootOf(options), file)),
  };
}

/** Finds the modules with parallel functions. No thread starts another, so nothing of theirs says how. */
function finder(root: string, found: Map<string, string>): Plugin {
  return {
    name: "millrace-finder",
    setup({ onLoad }) {
      onLoad({ filter: SCRIPTS, namespace: "file" }, async ({ path }) => {
        const code = await readFile(path, "utf8");
        const name = nameOf(path, root);
        const contents = wire(code, path, () => ({ url: JSON.stringify(name), worker: "undefined" }));
        if (contents === null) return null;
        found.set(name, path);
        return { contents, loader: "default" };
      });
    },
  };
}
