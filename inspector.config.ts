import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A page of ours, from its folder of `src` to one of `dist`. Not the library: that is tsdown's, which runs first and empties dist. */
export function page(from: string, to: string): UserConfig & { readonly build: NonNullable<UserConfig["build"]> } {
  return {
    root: at(`./src/${from}`),
    // Wherever it is served.
    base: "./",
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: at(`./dist/${to}`),
      emptyOutDir: true,
      target: "es2022",
      // They know light-dark(), which the palette is made of.
      cssTarget: ["chrome123", "firefox120", "safari17.5"],
      assetsInlineLimit: 0,
      // It loads one script, which has nothing to preload.
      modulePreload: false,
      reportCompressedSize: false,
      // Of the packages that are part of it.
      license: { fileName: "licenses.md" },
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  };
}

// The inspector's page.
export default defineConfig(page("inspector/page", "inspector/page"));
