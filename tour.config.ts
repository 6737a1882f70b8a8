import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marked } from "marked";
import { defineConfig, type Plugin } from "vite";
import { page } from "./inspector.config.ts";
import { parseLesson } from "./src/tour/lesson.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Entries that programs of the tour can't import: one needs threads of its own, others need Node, and what spans machines is no part of it. */
const LEFT_OUT: readonly string[] = [
  "./threads",
  "./eslint",
  "./inspector",
  "./pprof",
  "./plugin",
  "./remote",
  "./remote/redis",
  "./remote/sqlite",
];

/** What they can import: all other entries of the package. */
const manifest = JSON.parse(readFileSync(at("./package.json"), "utf8")) as { exports: Record<string, unknown> };
const library: Record<string, string> = {};
const input: Record<string, string> = {
  tour: at("./src/tour/index.html"),
  "library/program": at("./src/tour/program/main.ts"),
};
for (const [key, target] of Object.entries(manifest.exports)) {
  if (target === null || typeof target === "string" || LEFT_OUT.includes(key)) continue;
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

const { build, ...settings } = page("tour", "tour");

// The tour. It needs no server but one for files.
export default defineConfig({
  ...settings,
  plugins: [lessons()],
  define: { LIBRARY: JSON.stringify(library) },
  build: {
    ...build,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      ...build.rolldownOptions,
      input,
      // The program's thread and the library's entries are files of their own, which share what they have in common.
      preserveEntrySignatures: "strict",
      // Beside each other, so that the runtime knows its own frames from the program's.
      output: { entryFileNames: "[name].js", chunkFileNames: "library/[name]-[hash].js" },
    },
  },
});
