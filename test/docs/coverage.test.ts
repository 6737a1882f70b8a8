/**
 * Every public name, member and parameter is documented, and every function and class has an example, which then runs as
 * a test.
 */
import ts from "typescript";
import { expect, it } from "vitest";
import { entries, root } from "../kit/pack.ts";

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

/** What users call and read: of a class or interface each member of its own that is public, else the name itself. */
function parts(name: ts.Symbol): ts.Symbol[] {
  if ((name.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) === 0) return [name];
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  const all = [...(name.members?.values() ?? []), ...(name.exports?.values() ?? [])];
  return all.filter((member) => {
    const [first] = member.declarations ?? [];
    if (first === undefined || ts.isTypeParameterDeclaration(first)) return false;
    if (ts.isConstructorDeclaration(first)) return first.parameters.length > 0 && !isError(name);
    const named = ts.getNameOfDeclaration(first);
    if (named !== undefined && (ts.isPrivateIdentifier(named) || ts.isComputedPropertyName(named))) return false;
    return (ts.getCombinedModifierFlags(first) & hidden) === 0;
  });
}

/** The parameters that no `@param` says anything of. Callbacks among options are described as what they are: options. */
function silent(part: ts.Symbol): string[] {
  const declarations = part.declarations ?? [];
  const described = declarations
    .flatMap((each) => ts.getJSDocTags(each).filter(ts.isJSDocParameterTag))
    .filter((tag) => tag.comment !== undefined && tag.comment.length > 0)
    .map((tag) => tag.name.getText());
  const parameters = declarations.flatMap((each) => {
    // Of an overloaded function callers see the signatures, not the implementation.
    const overloaded = ts.isFunctionDeclaration(each) || ts.isConstructorDeclaration(each);
    if (overloaded && each.body !== undefined && declarations.length > 1) return [];
    const called = ts.isPropertySignature(each) && each.questionToken === undefined ? (each.type ?? each) : each;
    return ts.isFunctionLike(called) ? called.parameters.map((parameter) => parameter.name.getText()) : [];
  });
  return [...new Set(parameters)].filter((parameter) => !described.includes(parameter));
}

it.each(sources.map((file, i) => [entries[i] as string, file] as const))("%s", (_entry, file) => {
  const missing: string[] = [];
  for (const name of exported(file)) {
    if (name.getDocumentationComment(checker).length === 0) missing.push(`${name.name}: documentation`);
    const callable = (name.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0 && !isError(name);
    const examples = name.getJsDocTags(checker).filter((tag) => tag.name === "example");
    if (callable && examples.length === 0) missing.push(`${name.name}: an example`);
    for (const part of parts(name)) {
      const where = part === name ? name.name : `${name.name}.${part.name}`;
      const bare = (part.flags & ts.SymbolFlags.Signature) === 0 && part.getDocumentationComment(checker).length === 0;
      if (part !== name && bare) missing.push(`${where}: documentation`);
      for (const parameter of silent(part)) missing.push(`${where}: @param ${parameter}`);
    }
  }
  expect(missing).toEqual([]);
});
