/**
 * The plug-in for bundlers: parallel functions of a bundle run on threads, with nothing else to write.
 *
 * It finds the modules that call `parallel(import.meta, …)`, makes a file that threads run, and says in each such module where that
 * is. A program that calls `threads({ worker })` keeps its own.
 *
 * It is named and exported as plug-ins are: a default export. It is built on `unplugin`, which is to be installed beside it.
 *
 * @module millrace/plugin
 */
import { createUnplugin, type UnpluginContextMeta, type UnpluginOptions } from "unplugin";
import type { CompileOptions } from "../compiler/compile.ts";
import type { Bundler } from "./bundler.ts";
import { esbuild } from "./esbuild.ts";
import { SCRIPTS } from "./files.ts";
import { type NextConfig, nextConfig } from "./next.ts";
import { rollup } from "./rollup.ts";
import { transform } from "./transform.ts";
import { vite } from "./vite.ts";
import { webpack } from "./webpack.ts";

/** A plug-in of Vite, Rollup or Rolldown. */
export interface RollupPlugin {
  /** What the bundler calls it. */
  readonly name: string;
}

/** A plug-in of webpack or Rspack. */
export interface WebpackPlugin {
  /**
   * Called by the bundler.
   *
   * @param compiler the bundler's compiler
   */
  apply(compiler: unknown): void;
}

/** A plug-in of esbuild. */
export interface EsbuildPlugin {
  /** What the bundler calls it. */
  readonly name: string;
  /**
   * Called by the bundler.
   *
   * @param build the bundler's build
   */
  setup(build: unknown): void | Promise<void>;
}

/** Options for every bundler. */
export interface PluginOptions {
  /**
   * Whether the program's modules are compiled, so that operations that are done at once are cheap; false by default. `{ await }`
   * says what becomes of `await`, as in the guide. It needs the packages `oxc-parser` and `magic-string`.
   */
  readonly compile?: boolean | CompileOptions | undefined;
}

/** Options for Vite. */
export interface ViteOptions extends PluginOptions {
  /**
   * Whether pages that `vite` and `vite preview` serve get the headers that make threads possible in a browser (COOP, COEP); false by
   * default, because what a page embeds from elsewhere then needs headers, too.
   */
  readonly isolate?: boolean | undefined;
}

/** The plug-in, for each bundler. */
export interface Plugin {
  /**
   * For Vite: builds, server-side rendering, the development server, and tests of Vitest.
   *
   * @param options `isolate`, whether pages get the headers that threads need; `compile`, whether modules are compiled
   */
  vite(options?: ViteOptions): RollupPlugin;
  /**
   * For Rollup. The output is one or more ES modules, or CommonJS.
   *
   * @param options `compile`, whether modules are compiled
   */
  rollup(options?: PluginOptions): RollupPlugin;
  /**
   * For Rolldown. The output is one or more ES modules, or CommonJS.
   *
   * @param options `compile`, whether modules are compiled
   */
  rolldown(options?: PluginOptions): RollupPlugin;
  /**
   * For webpack 5, for Node or for a browser.
   *
   * @param options `compile`, whether modules are compiled
   */
  webpack(options?: PluginOptions): WebpackPlugin;
  /**
   * For Rspack, for Node or for a browser.
   *
   * @param options `compile`, whether modules are compiled
   */
  rspack(options?: PluginOptions): WebpackPlugin;
  /**
   * For esbuild. A thread's file is one more file of the output, so there must be a folder for it. What runs on threads is not
   * compiled there.
   *
   * @param options `compile`, whether modules are compiled
   */
  esbuild(options?: PluginOptions): EsbuildPlugin;
}

const BUNDLERS: Partial<Record<UnpluginContextMeta["framework"], (options: ViteOptions) => Bundler>> = {
  vite,
  rollup,
  rolldown: rollup,
  webpack,
  rspack: webpack,
  esbuild,
};

const unplugin = createUnplugin((given: ViteOptions | undefined, { framework }): UnpluginOptions => {
  const options = given ?? {};
  const bundler = (BUNDLERS[framework] as (options: ViteOptions) => Bundler)(options);
  const change = transform(options.compile);
  return {
    name: "millrace",
    transform: {
      filter: { id: SCRIPTS },
      async handler(code, id) {
        const own = await bundler.own?.(this, id, code);
        if (own != null) return { code: own, map: null };
        return change(code, id, () => bundler.wiring(this, id));
      },
    },
    ...bundler.hooks,
  };
});

/** The plug-in: `millrace.vite()`, `millrace.webpack()` and so on, for the configuration of that bundler. */
const plugin: Plugin = {
  vite: (options) => unplugin.vite(options) as RollupPlugin,
  rollup: (options) => unplugin.rollup(options) as RollupPlugin,
  rolldown: (options) => unplugin.rolldown(options) as RollupPlugin,
  webpack: (options) => unplugin.webpack(options) as WebpackPlugin,
  rspack: (options) => unplugin.rspack(options) as WebpackPlugin,
  esbuild: (options) => unplugin.esbuild(options) as EsbuildPlugin,
};

/**
 * Next's configuration, with the plug-in in it: for the server and for pages.
 *
 * @param config Next's configuration
 * @param options `compile`, whether modules are compiled
 *
 * @example
 * ```ts no-run
 * // next.config.ts
 * import { withMillrace } from "millrace/plugin";
 * export default withMillrace({ reactStrictMode: true });
 * ```
 */
export function withMillrace<C extends object>(config: C, options: PluginOptions = {}): C {
  return nextConfig(config as C & NextConfig, options, () => plugin.webpack(options));
}

export type { CompileOptions } from "../compiler/compile.ts";

export default plugin;
