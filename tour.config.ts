import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marked } from "marked";
import { defineConfig, type Plugin } from "vite";
import { parseLesson } from "./src/tour/lesson.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What programs of the tour can import: all entries of the package but the one that needs threads of its own. */
const manifest = JSON.parse(readFileSync(at("./package.json"), "utf8")) as { exports: Record<string, unknown> };
const library: Record<string, string> = {};
const input: Record<string, string> = {
  tour: at("./src/tour/index.html"),
  "library/program": at("./src/tour/program/main.ts"),
};
for (const [key, target] of Object.entries(manifest.exports)) {
  if (target === null || typeof target === "string" || key === "./threads" || key === "./eslint") continue;
  const name = key === "." ? "index" : `${key.slice(2)}/index`;
  const file = `library/${key === "." ? "millrace" : key.slice(2)}`;
  library[key === "." ? "millrace" : `millrace/${key.slice(2)}`] = `./${file.slice("library/".length)}.js`;
  input[file] = at(`./src/${name}.ts`);
}

/** `virtual:lessons`: the lessons in their order, with their words as HTML. */
function lessons(): Plugin {
  const name = "virtual:lessons";
  const folder = at("./src/tour/lessons");
  return {
    name: "lessons",
    resolveId: (source) => (source === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const files = readdirSync(folder)
        .filter((file) => file.endsWith(".md"))
        .sort();
      const all = files.map((file) => {
        this.addWatchFile(`${folder}/${file}`);
        const { text, more, ...lesson } = parseLesson(file, readFileSync(`${folder}/${file}`, "utf8"));
        const html = (markdown: string): string => marked.parse(markdown, { async: false });
        return { ...lesson, text: html(text), more: html(more) };
      });
      return `export const lessons = ${JSON.stringify(all)};`;
    },
  };
}

// The tour. It needs no server but one for files.
export default defineConfig({
  root: at("./src/tour"),
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [lessons()],
  define: { LIBRARY: JSON.stringify(library) },
  build: {
    outDir: at("./dist/tour"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input,
      // The program's thread and the library's entries are files of their own, which share what they have in common.
      preserveEntrySignatures: "strict",
      // Beside each other, so that the runtime knows its own frames from the program's.
      output: { entryFileNames: "[name].js", chunkFileNames: "library/[name]-[hash].js" },
      checks: { pluginTimings: false },
    },
  },
});
