/** Next: its configuration, with the plug-in for webpack in each of its compilers. */

interface Compilation {
  readonly plugins: unknown[];
}

/** What is read and set of Next's configuration. */
export interface NextConfig {
  readonly webpack?: ((config: Compilation, context: unknown) => Compilation) | null;
  readonly transpilePackages?: readonly string[];
}

export function nextConfig<C extends NextConfig>(config: C, plugin: () => unknown): C {
  const { webpack, transpilePackages = [] } = config;
  return {
    ...config,
    // Else its server imports the library from outside of the bundle, where no thread's file is made.
    transpilePackages: [...new Set([...transpilePackages, "millrace"])],
    webpack(compiled: Compilation, context: unknown) {
      const made = webpack?.(compiled, context) ?? compiled;
      made.plugins.push(plugin());
      return made;
    },
  };
}
