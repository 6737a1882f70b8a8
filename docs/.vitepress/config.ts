/** The documentation site: the documents of this folder as they are, some from beside it, and the API reference. */
import { existsSync, readFileSync } from "node:fs";
import { posix, relative } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { address, documentOf, placed, root } from "./links.ts";
import { anchor, beside, drawings, relink, wrapped } from "./markdown.ts";

type Item = DefaultTheme.SidebarItem;

/** What the sidebar has, as `text: document`; a document that is not there yet is left out. */
function section(text: string, documents: Readonly<Record<string, string>>, collapsed?: boolean): Item {
  const items = Object.entries(documents)
    .filter(([, document]) => existsSync(root + document))
    .map(([text, document]) => ({ text, link: address("README.md", document) }));
  return { text, items, ...(collapsed === undefined ? {} : { collapsed }) };
}

const guide: Item[] = [
  section("Start", {
    "Getting started": "docs/guide/getting-started.md",
    "Go → TypeScript": "docs/guide/go-to-typescript.md",
    "From other libraries": "docs/guide/rosetta.md",
    "From queues and locks": "docs/guide/rosetta-queues.md",
    "Bit by bit": "docs/guide/migrating.md",
    "In servers and pages": "docs/guide/servers.md",
    "Questions and trouble": "docs/guide/faq.md",
  }),
  section("One guide a noun", {
    Goroutines: "docs/guide/goroutines.md",
    Channels: "docs/guide/channels.md",
    Select: "docs/guide/select.md",
    Closing: "docs/guide/closing.md",
    Context: "docs/guide/context.md",
    Time: "docs/guide/time.md",
    Sync: "docs/guide/sync.md",
    "Errors and panics": "docs/guide/errors.md",
    Pools: "docs/guide/pools.md",
    Patterns: "docs/guide/patterns.md",
    Threads: "docs/guide/threads.md",
    "Threads in your project": "docs/guide/projects.md",
    "The platform": "docs/guide/interop.md",
    "Primitives of your own": "docs/guide/primitives.md",
  }),
  section("Seeing and proving", {
    Testing: "docs/guide/testing.md",
    Exploration: "docs/guide/exploration.md",
    Tracing: "docs/guide/tracing.md",
    "Beyond one machine": "docs/guide/remote.md",
    "Failures over machines": "docs/guide/remote-failures.md",
    Inspector: "docs/guide/inspector.md",
    Stepper: "docs/guide/stepper.md",
    Tour: "docs/guide/tour.md",
    "Lint rules": "docs/guide/lint.md",
  }),
  section("Know before you rely on it", {
    Pitfalls: "docs/guide/pitfalls.md",
    Limits: "docs/guide/limits.md",
    "Beside other libraries": "docs/guide/comparison.md",
    Security: "docs/guide/security.md",
    Dependencies: "docs/guide/dependencies.md",
    Compiler: "docs/guide/compiler.md",
    Measurements: "bench/RESULTS.md",
  }),
  section("The inside", {
    "How the runtime works": "docs/guide/runtime.md",
    "Hacking on Millrace": "HACKING.md",
    Decisions: "docs/decisions/README.md",
    "The specification": "docs/specification.md",
    Changelog: "CHANGELOG.md",
  }),
];

const reference = new URL("../api/typedoc-sidebar.json", import.meta.url);
if (!existsSync(reference)) throw new Error("docs/api is missing: npm run docs makes it");
const [{ items = [], ...core } = {}] = JSON.parse(readFileSync(reference, "utf8")) as Item[];

/** The entries of the package one beside the other, as one imports them. TypeDoc has the others below the first. */
const isEntry = (item: Item): boolean => item.link !== undefined;
const api: Item[] = [
  { ...core, items: items.filter((item) => !isEntry(item)) },
  ...items.filter(isEntry).map((item) => ({ ...item, text: `millrace/${item.text}` })),
];

/** The documents whose code stands side by side, or with a table of many columns, need the whole width. */
const wide = ["guide/go-to-typescript.md", "guide/rosetta.md", "guide/rosetta-queues.md", "guide/comparison.md"];

export default defineConfig({
  title: "Millrace",
  description: "Go's concurrency for TypeScript",
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  srcDir: "..",
  srcExclude: [
    "README.md",
    "SECURITY.md",
    ...["bench", "examples", "src", "test", "lint", "dist", ".*"].map((folder) => `${folder}/!(RESULTS|NOTES).md`),
    "{api,test,examples,src,dist,lint,.*}/**/*.md",
  ],
  rewrites: { ...placed, "docs/:path*": ":path*" },
  cleanUrls: true,
  lastUpdated: false,
  head: [["link", { rel: "icon", href: `${process.env.DOCS_BASE ?? "/"}wheel.svg`, type: "image/svg+xml" }]],
  vite: {
    publicDir: posix.join(root, "docs/public"),
    build: { target: "es2022", chunkSizeWarningLimit: 5000 },
    optimizeDeps: {
      entries: ["docs/.vitepress/theme/index.ts"], // not the other pages of the repository
      esbuildOptions: { target: "es2022" }, // for what Vite 5 asks otherwise, newer versions of esbuild can't translate to
    },
  },
  markdown: {
    anchor: { slugify: anchor },
    theme: { light: "github-light-high-contrast", dark: "github-dark" },
    config(md) {
      const document = (env: { path?: string }): string => documentOf(relative(root, env.path ?? root));
      relink(md, (env, link) => address(document(env), link));
      drawings(md, (env, file) => posix.join(root, posix.dirname(document(env)), file));
      beside(md);
      wrapped(md);
    },
  },
  transformPageData({ relativePath, frontmatter }) {
    if (/^(api|source)\//.test(relativePath)) frontmatter.prev = frontmatter.next = false;
    if (!wide.includes(relativePath)) return;
    frontmatter.aside = false;
    frontmatter.pageClass = "wide";
  },
  themeConfig: {
    logo: "/wheel.svg",
    outline: [2, 3],
    search: { provider: "local" },
    nav: [
      { text: "Guide", link: "/guide/getting-started", activeMatch: "^/guide/" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: { "/api/": [{ text: "API", link: "/api/", items: api }], "/": guide },
  },
});
