/**
 * webpack and Rspack: a thread's file is an asset, made by a compilation of its own.
 *
 * It imports all modules with parallel functions, which are those that import the file that starts a thread. Which these are is
 * known when the program's modules have all been made: then the asset, empty until now, is made once more. The module graph is
 * asked for them, because a module that comes from the cache is not shown to a plug-in.
 *
 * Rejected: `new Worker(new URL(…))`, which is an entry with a runtime of its own in the same compilation. A module with
 * parallel functions would be in what it starts itself, so the names of both files would have each other's hash in them; and Next
 * has a public path that is none of its server's.
 */
import { dirname, sep } from "node:path";
import type { Bundler } from "./bundler.ts";
import { nameOf, ownFile, threadOf } from "./files.ts";

interface Module {
  readonly resource?: string;
  readonly layer?: string | null;
}

interface Compilation {
  readonly name?: string;
  readonly modules: Iterable<Module>;
  readonly errors: readonly Error[];
  readonly moduleGraph: {
    getIncomingConnections(module: Module): Iterable<{ readonly originModule?: Module | null }>;
  };
  readonly hooks: { readonly processAssets: Hook<() => void> };
  readonly assets: Readonly<Record<string, { source(): string | Uint8Array }>>;
  readonly outputOptions: { readonly module?: boolean };
  deleteAsset(name: string): void;
  rebuildModule(module: Module, done: (error?: Error | null) => void): void;
  createChildCompiler(name: string, output: object, plugins: readonly object[]): Compiler;
}

interface Hook<F> {
  tap(name: string, fn: F): void;
}

type Make = new (...args: unknown[]) => { apply(compiler: Compiler): void };

interface Compiler {
  readonly context: string;
  readonly name?: string;
  readonly options: {
    readonly target?: unknown;
    readonly externals?: unknown;
    readonly externalsType?: string;
    readonly module: { readonly rules: object[] };
  };
  readonly platform?: { readonly node?: boolean | null; readonly web?: boolean | null };
  readonly hooks: {
    readonly finishMake: { tapPromise(name: string, fn: (made: Compilation) => Promise<void>): void };
    readonly compilation: Hook<(compilation: Compilation) => void>;
  };
  readonly webpack: {
    readonly EntryPlugin: Make;
    readonly ExternalsPlugin: Make;
    readonly LoaderTargetPlugin?: Make;
    readonly node: { readonly NodeTargetPlugin: Make; readonly NodeTemplatePlugin: Make };
    readonly webworker: { readonly WebWorkerTemplatePlugin: Make };
  };
  runAsChild(done: (error?: Error | null, entries?: unknown, compilation?: Compilation) => void): void;
}

interface Loader {
  readonly _compilation?: Compilation;
  readonly _module?: Module;
  cacheable?(flag: boolean): void;
}

interface Native {
  getNativeBuildContext(): { readonly loaderContext?: Loader };
}

type Platform = "node" | "web";

const CHILD = "millrace thread";

export function webpack(): Bundler {
  const thread = ownFile("plugin/thread.js");
  const starts = { node: ownFile("plugin/start-node.js"), web: ownFile("plugin/start-web.js") };
  const library = dirname(dirname(thread)) + sep;
  /** The modules with parallel functions, once they are known. */
  let known: readonly string[] = [];
  let compiler: Compiler;
  let platform: Platform | null = null;

  const apply = (native: unknown): void => {
    compiler = native as Compiler;
    platform = platformOf(compiler);
    if (platform === null) return;
    const start = starts[platform];
    // In a browser it lies where assets lie. In Node it lies in the folder of the output, and is a script whatever the package is.
    const node = { publicPath: "", filename: "millrace-thread.[contenthash].cjs" };
    const generator = platform === "node" ? { generator: node } : {};
    compiler.options.module.rules.push({ resource: thread, resourceQuery: /^$/, type: "asset/resource", ...generator });
    // Next's server wants URLs without a base, which no worker takes.
    compiler.options.module.rules.push({ resource: start, parser: { url: true } });
    compiler.hooks.finishMake.tapPromise("millrace", async (compilation) => {
      if (compilation.name === CHILD) return;
      const { assets, users } = look(compilation, start, thread);
      known = users;
      if (users.length === 0) return;
      await Promise.all(assets.map((module) => rebuilt(compilation, module)));
      known = [];
    });
  };

  return {
    wiring(context, id) {
      if (platform === null) return null;
      const url = JSON.stringify(nameOf(id, compiler.context));
      if (loaderOf(context)._compilation?.name === CHILD) return { url, worker: "undefined" }; // no thread starts another
      const imports = `import { worker as __mr_worker } from ${JSON.stringify(starts[platform])};\n`;
      return { imports, url, worker: "__mr_worker" };
    },
    async own(context, id, code) {
      if (platform === null) return null;
      if (!id.startsWith(thread)) return id.startsWith(library) && id !== starts[platform] ? withoutPlace(code) : null;
      const loader = loaderOf(context);
      loader.cacheable?.(false);
      if (id !== thread) {
        const names = known.map((file) => [nameOf(file, compiler.context), file] as const);
        return threadOf(new Map(names), (from) => `import(/* webpackMode: "eager" */ ${from})`);
      }
      if (known.length === 0 || loader._compilation === undefined) return "";
      return await compile(loader._compilation, compiler, platform, `${thread}?${known.length}`, loader._module?.layer);
    },
    hooks: { webpack: apply, rspack: apply },
  };
}

/**
 * A module of the library without where it is, in place of which webpack would write the URL that it has on the machine that builds.
 * Files that stand beside it there are not in the output.
 */
function withoutPlace(code: string): string | null {
  const place = "import.meta.url";
  return code.includes(place) ? code.replaceAll(place, "undefined".padEnd(place.length)) : null;
}

function loaderOf(context: object): Loader {
  return (context as Native).getNativeBuildContext().loaderContext ?? {};
}

/** What the program runs on, as far as threads go. */
function platformOf({ name, platform, options }: Compiler): Platform | null {
  if (name === "edge-server") return null; // Next's, which has no workers
  if (platform?.node === true) return "node";
  if (platform?.web === true) return "web";
  const targets = [options.target].flat().map(String);
  if (targets.some((target) => /node/.test(target))) return "node";
  return targets.some((target) => /^(web|browserslist|undefined)/.test(target)) ? "web" : null;
}

/** The assets that are threads' files, and the modules with parallel functions. */
function look(compilation: Compilation, start: string, thread: string): { assets: Module[]; users: string[] } {
  const users = new Set<string>();
  const assets: Module[] = [];
  for (const module of compilation.modules) {
    if (module.resource === thread) assets.push(module);
    if (module.resource !== start) continue;
    for (const { originModule } of compilation.moduleGraph.getIncomingConnections(module)) {
      if (originModule?.resource !== undefined) users.add(originModule.resource);
    }
  }
  return { assets, users: [...users].sort() };
}

function rebuilt(compilation: Compilation, module: Module): Promise<void> {
  return new Promise((done, fail) => {
    compilation.rebuildModule(module, (error) => (error ? fail(error) : done()));
  });
}

/** Makes a thread's file, which is one file and a script. */
function compile(
  parent: Compilation,
  { context, options, webpack }: Compiler,
  platform: Platform,
  entry: string,
  layer: string | null | undefined,
): Promise<string> {
  const { EntryPlugin, ExternalsPlugin, LoaderTargetPlugin, node, webworker } = webpack;
  const output = { filename: "millrace-thread.js", module: false, library: undefined };
  const { externals, externalsType } = options;
  const plugins = [
    ...(platform === "node"
      ? [new node.NodeTargetPlugin(), new node.NodeTemplatePlugin({ asyncChunkLoading: false })]
      : [new webworker.WebWorkerTemplatePlugin()]),
    ...(LoaderTargetPlugin ? [new LoaderTargetPlugin(platform === "node" ? "node" : "webworker")] : []),
    ...(externals ? [new ExternalsPlugin(externalsType, externals)] : []),
    new EntryPlugin(context, entry, { name: "millrace-thread", ...(layer ? { layer } : {}) }),
  ];
  const child = parent.createChildCompiler(CHILD, output, plugins);
  let code = "";
  child.hooks.compilation.tap("millrace", (compilation) => {
    if (compilation.name !== CHILD) return;
    compilation.hooks.processAssets.tap("millrace", () => {
      for (const [name, asset] of Object.entries(compilation.assets)) {
        if (name.endsWith(".js")) code = String(asset.source());
        compilation.deleteAsset(name); // it is the asset's content
      }
    });
  });
  return new Promise((done, fail) => {
    child.runAsChild((error, _entries, compilation) => {
      const [first] = error ? [error] : (compilation?.errors ?? []);
      if (first) fail(first);
      else done(code);
    });
  });
}
