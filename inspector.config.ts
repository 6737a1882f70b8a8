import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The inspector's page. Not the library: that is tsdown's, which runs first and empties dist.
export default defineConfig({
  root: at("./src/inspector/page"),
  // Wherever it is served.
  base: "./",
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir: at("./dist/inspector/page"),
    emptyOutDir: true,
    target: "es2022",
    // They know light-dark(), which the palette is made of.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    // It loads one script, which has nothing to preload.
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
