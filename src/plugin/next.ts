/** Next: its configuration, with the plug-in for webpack in each of its compilers, and the loader for Turbopack. */
import { ownFile } from "./files.ts";
import type { PluginOptions } from "./index.ts";
import type { LoaderOptions } from "./turbopack.ts";

interface Compilation {
  readonly plugins: unknown[];
}

/** What is read and set of Next's configuration. */
export interface NextConfig {
  readonly webpack?: ((config: Compilation, context: unknown) => Compilation) | null;
  readonly transpilePackages?: readonly string[];
  readonly turbopack?: { readonly rules?: Readonly<Record<string, unknown>> };
}

/** The modules that Turbopack shows to the loader. */
const MODULES = "*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}";

export function nextConfig<C extends NextConfig>(config: C, options: PluginOptions, plugin: () => unknown): C {
  const { webpack, transpilePackages = [], turbopack = {} } = config;
  const { rules = {} } = turbopack;
  return {
    ...config,
    // Else its server imports the library from outside of the bundle, where no thread's file is made.
    transpilePackages: [...new Set([...transpilePackages, "millrace"])],
    webpack(compiled: Compilation, context: unknown) {
      const made = webpack?.(compiled, context) ?? compiled;
      made.plugins.push(plugin());
      return made;
    },
    turbopack: { ...turbopack, rules: { ...rules, [MODULES]: [rules[MODULES] ?? [], loading(options)].flat() } },
  };
}

/** Rules for Turbopack: which modules are shown to the loader, and what it is to do. */
function loading({ compile = false }: PluginOptions): object[] {
  const page = { any: ["browser", "edge-light"] };
  const rule = (options: LoaderOptions, ...all: unknown[]): object => ({
    condition: { all: [{ not: "foreign" }, ...all] },
    loaders: [{ loader: ownFile("plugin/turbopack.js"), options }],
  });
  if (compile === false) return [rule({ wire: true }, { not: page }, { content: /millrace\/threads/ })];
  return [rule({ compile, wire: true }, { not: page }), rule({ compile, wire: false }, page)];
}
