/** The API reference, as Markdown: one page a name, for the entry points that package.json exports. */
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const entryPoints = Object.entries(manifest.exports)
  .filter(([, target]) => target !== null && typeof target === "object")
  .map(([key]) => `../src${key.slice(1)}/index.ts`);

/** @type {import("typedoc").TypeDocOptions & Record<string, unknown>} */
export default {
  entryPoints,
  tsconfig: "../tsconfig.json",
  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme", "./comments.mjs"],
  out: "api",
  docsRoot: ".",
  name: "API",
  readme: "none",
  disableSources: true,
  excludePrivate: true,
  excludeExternals: true, // what Date and Error have is not ours to explain
  excludeInternal: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  expandParameters: true,
  indexFormat: "table",
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  propertyMembersFormat: "table",
  enumMembersFormat: "table",
  sort: ["alphabetical"],
  groupOrder: [
    ...["Functions", "Variables", "Classes", "Interfaces", "Type Aliases"],
    ...["Constructors", "Properties", "Accessors", "Methods"],
  ],
  pageTitleTemplates: { index: "API", module: "{name}", member: ({ name }) => name },
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  treatValidationWarningsAsErrors: true,
};
