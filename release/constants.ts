/**
 * A step of the build: what hot paths read becomes a constant that V8 sees.
 *
 * V8 keeps a module's exported bindings, and those it imports, in cells of which it does not know that they never change:
 * optimised code loads `m` from its cell at each use, and compares with `NO` by a call. A constant that is private to a
 * module is a value to the compiler. So a chunk exports a copy, and a chunk that imports one makes a copy of its own.
 *
 * esbuild makes every top-level `const` a `var` where it bundles, which V8 does not fold either. It leaves a function's
 * constants alone, so a class that reads any is the result of a function that has copies, too.
 *
 * Copies are made when the chunk is evaluated, so chunks may not import each other in a circle: the build fails then.
 */
import MagicString from "magic-string";
import { parseSync, type Statement } from "oxc-parser";
import type { Rolldown } from "tsdown";

/** The constants, by their names in the sources. All are objects or symbols: Rolldown puts numbers in place itself. */
export const HOT: ReadonlySet<string> = new Set([
  "CLOSED",
  "DONE",
  "NO",
  "NOTHING",
  "PARKED",
  "m",
  "next",
  "rivals",
  "step",
  "tap",
]);

export function hotConstants(): Rolldown.Plugin {
  return {
    name: "hot-constants",
    renderChunk(code, chunk, { format }) {
      // The declarations are chunks, too.
      if (format !== "es" || !chunk.fileName.endsWith(".js")) return null;
      const text = new MagicString(code);
      const { body } = parseSync(chunk.fileName, code).program;
      const exported = exportedHere(text, body);
      /** What is a constant from here on, and what it is a copy of. */
      const copies = new Map<string, string>();
      for (const [at, node] of body.entries()) {
        if (node.type === "ImportDeclaration") {
          for (const { local, ...rest } of node.specifiers) {
            if (rest.type !== "ImportSpecifier" || !HOT.has(local.name)) continue;
            const imported = `${local.name}$imported`;
            // `{ m }` is local and imported in one.
            text.appendLeft(local.end, local.start === rest.start ? ` as ${imported}` : "$imported");
            copies.set(local.name, imported);
          }
          const last = body[at + 1]?.type !== "ImportDeclaration" && copies.size > 0;
          if (last)
            text.appendLeft(node.end, `\n${[...copies].map(([name, of]) => `const ${name} = ${of};`).join("\n")}`);
        }
        if (node.type !== "VariableDeclaration") continue;
        for (const { id, init } of node.declarations) {
          if (id.type !== "Identifier") continue;
          if (exported.has(id.name)) {
            if (node.kind !== "const") this.error(`${id.name} of ${chunk.fileName} is not a constant`);
            text.appendLeft(node.end, `\nconst ${id.name}$exported = ${id.name};`);
            copies.set(id.name, `${id.name}$exported`);
          }
          if (init?.type !== "ClassExpression") continue;
          const words = new Set(code.slice(init.start, init.end).match(/\w+/g));
          const own = [...copies].filter(([name]) => words.has(name)).map(([name, of]) => `${name} = ${of}`);
          if (own.length === 0) continue;
          text.appendRight(init.start, `/* @__PURE__ */ (() => {\nconst ${own.join(", ")};\nreturn `);
          text.appendLeft(init.end, ";\n})()");
        }
      }
      return text.hasChanged()
        ? { code: text.toString(), map: text.generateMap({ hires: "boundary" }).toString() }
        : null;
    },
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle);
      const circle = circleIn(
        new Map(chunks.map((each) => [each.fileName, each.type === "chunk" ? each.imports : []])),
      );
      if (circle !== null) this.error(`chunks import each other in a circle: ${circle.join(" → ")}`);
    },
  };
}

/** The hot constants that a chunk makes and exports; it exports its copies from now on, and as it got it what it only hands on. */
function exportedHere(text: MagicString, body: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  const imported = body
    .flatMap((node) => (node.type === "ImportDeclaration" ? node.specifiers : []))
    .map(({ local }) => local.name);
  const made = body
    .flatMap((node) => (node.type === "VariableDeclaration" ? node.declarations : []))
    .flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  // A function may have the name of a constant.
  const constants = new Set([...imported, ...made].filter((name) => HOT.has(name)));
  for (const node of body) {
    if (node.type !== "ExportNamedDeclaration" || node.source !== null) continue;
    for (const { local, exported } of node.specifiers) {
      if (local.type !== "Identifier" || !constants.has(local.name)) continue;
      const suffix = imported.includes(local.name) ? "$imported" : "$exported";
      text.appendLeft(local.end, local.start === exported.start ? `${suffix} as ${local.name}` : suffix);
      if (suffix === "$exported") names.add(local.name);
    }
  }
  return names;
}

/** Files that import each other, the first once more at the end; null if there are none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle !== null) return circle;
  }
  return null;
}
