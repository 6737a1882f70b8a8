/** Every public name is documented, and every function and class has an example, which then runs as a test. */
import ts from "typescript";
import { expect, it } from "vitest";
import { entries, root } from "../package/pack.ts";

const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const sources = entries.map((entry) => `${root}src${entry.slice("millrace".length)}/index.ts`);
const program = ts.createProgram(sources, options);
const checker = program.getTypeChecker();

function exported(file: string): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
  return checker
    .getExportsOfModule(module)
    .map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name));
}

/** Errors are made by the library, so there is nothing to show but a catch. */
const isError = (name: ts.Symbol): boolean => {
  const type = checker.getDeclaredTypeOfSymbol(name);
  return (
    checker.getPropertyOfType(type, "stack") !== undefined && checker.getPropertyOfType(type, "message") !== undefined
  );
};

it.each(sources.map((file, i) => [entries[i] as string, file] as const))("%s", (_entry, file) => {
  const missing: string[] = [];
  for (const name of exported(file)) {
    if (name.getDocumentationComment(checker).length === 0) missing.push(`${name.name}: documentation`);
    const callable = (name.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0 && !isError(name);
    const examples = name.getJsDocTags(checker).filter((tag) => tag.name === "example");
    if (callable && examples.length === 0) missing.push(`${name.name}: an example`);
  }
  expect(missing).toEqual([]);
});
