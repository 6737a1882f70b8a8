/** What the plugin knows of the library without types is what the declarations say. */
import ts from "typescript";
import { expect, it } from "vitest";
import { FUNCTIONS, type Kind, METHODS, NAMES, PROPERTIES, STATICS } from "../../src/eslint/api.ts";
import { entries, root } from "../kit/pack.ts";

const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const modules = entries.filter((entry) => entry !== "millrace/eslint");
const fileOf = (entry: string): string => `${root}src${entry.slice("millrace".length)}/index.ts`;
const program = ts.createProgram(modules.map(fileOf), options);
const checker = program.getTypeChecker();

type Tables = Record<
  "functions" | "names" | "methods" | "properties" | "statics",
  Record<string, Record<string, Kind>>
>;
const tables: Tables = { functions: {}, names: {}, methods: {}, properties: {}, statics: {} };

/** What a type is called in the tables; undefined where no operation comes of it. */
function kind(type: ts.Type): Kind | undefined {
  if (checker.isTupleType(type)) {
    const parts = checker.getTypeArguments(type as ts.TypeReference).map((part) => kind(part) ?? part.symbol.name);
    const known = parts.some((part) => part in tables.methods);
    return known ? `[${parts.join(", ").replace("CancelCauseFunc", "CancelFunc")}]` : undefined;
  }
  const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];
  if (element !== undefined) return kind(element) === undefined ? undefined : `${kind(element)}[]`;
  const name = type.symbol?.name;
  if (name === undefined || name.startsWith("__")) return undefined;
  if (name === "Op" || name === "Operation" || name === "Action") return "Op";
  if (name in tables.methods || name in tables.properties) return name;
  const methods: Record<string, Kind> = {};
  const properties: Record<string, Kind> = {};
  tables.methods[name] = methods;
  for (const property of type.getApparentProperties()) {
    if (/^__@|#|^(enqueue|dequeue|then)/.test(property.name) || property.declarations === undefined) continue;
    if (!property.declarations.some((each) => each.getSourceFile().fileName.startsWith(`${root}src/`))) continue;
    const is = checker.getTypeOfSymbol(property);
    const [signature] = is.getCallSignatures();
    const gives = signature === undefined ? kind(is) : kind(signature.getReturnType());
    // That something gives itself says nothing.
    if (gives !== undefined && gives !== name) (signature === undefined ? properties : methods)[property.name] = gives;
  }
  if (Object.keys(methods).length === 0) delete tables.methods[name];
  if (Object.keys(properties).length > 0) tables.properties[name] = properties;
  return name in tables.methods || name in tables.properties ? name : undefined;
}

for (const module of modules) {
  const functions: Record<string, Kind> = {};
  const names: Record<string, Kind> = {};
  tables.functions[module] = functions;
  tables.names[module] = names;
  const file = checker.getSymbolAtLocation(program.getSourceFile(fileOf(module)) as ts.SourceFile) as ts.Symbol;
  for (const each of checker.getExportsOfModule(file)) {
    const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) {
      const is = kind(checker.getDeclaredTypeOfSymbol(symbol));
      if (is !== undefined) names[each.name] = is;
    }
    if (!(symbol.flags & ts.SymbolFlags.Value)) continue;
    const value = checker.getTypeOfSymbol(symbol);
    if (symbol.flags & ts.SymbolFlags.Class) {
      for (const property of value.getProperties()) {
        const [signature] = checker.getTypeOfSymbol(property).getCallSignatures();
        const gives = signature === undefined ? undefined : kind(signature.getReturnType());
        if (gives?.startsWith("[") === true) tables.statics[each.name] = { [property.name]: gives };
      }
      continue;
    }
    const [signature] = value.getCallSignatures();
    const is = signature === undefined ? kind(value) : kind(signature.getReturnType());
    const [inner] = signature?.getReturnType().getCallSignatures() ?? [];
    const gives = inner !== undefined && kind(inner.getReturnType()) === "Op" ? "() => Op" : is;
    if (gives !== undefined) (signature === undefined ? names : functions)[each.name] = gives;
  }
}

/** Without what the walk found in classes that are not exported. */
function exported(table: Record<string, Record<string, Kind>>): Record<string, Record<string, Kind>> {
  const named = new Set(Object.values(tables.names).flatMap((names) => Object.values(names)));
  return Object.fromEntries(Object.entries(table).filter(([name]) => named.has(name)));
}

it("the tables are what the declarations say", () => {
  expect(FUNCTIONS).toEqual(tables.functions);
  expect(NAMES).toEqual(tables.names);
  expect(METHODS).toEqual(exported(tables.methods));
  expect(PROPERTIES).toEqual(exported(tables.properties));
  expect(STATICS).toEqual(tables.statics);
});
