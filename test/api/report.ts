/**
 * What each entry of the package exports, as its declarations without comments: checked in under api/, so that a change
 * of what users can see is seen in review. Declarations come from `isolatedDeclarations`, one file at a time, so nothing
 * of a report depends on how the build cuts its chunks.
 */
import ts from "typescript";
import { entries, root } from "../kit/pack.ts";

const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/** The declarations that a source file emits. */
const emitted = new Map<string, ts.SourceFile>();
function declarations(file: ts.SourceFile): ts.SourceFile {
  let found = emitted.get(file.fileName);
  if (found === undefined) {
    const { outputText } = ts.transpileDeclaration(file.text, { fileName: file.fileName, compilerOptions: options });
    found = ts.createSourceFile(file.fileName, outputText, ts.ScriptTarget.ESNext);
    emitted.set(file.fileName, found);
  }
  return found;
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.some((each) => ts.isIdentifier(each.name) && each.name.text === name);
  }
  return (statement as { readonly name?: { readonly text?: string } }).name?.text === name;
}

/** A class without its private members; anything else as it is. A method `[Symbol.iterator]` is emitted twice: once will do. */
function withoutPrivate(statement: ts.Statement): ts.Statement {
  if (!ts.isClassDeclaration(statement)) return statement;
  const members = statement.members.filter((member) => {
    if (ts.isPropertyDeclaration(member) && ts.isComputedPropertyName(member.name)) return false;
    const isPrivate = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
    return !isPrivate && !(member.name !== undefined && ts.isPrivateIdentifier(member.name));
  });
  const { modifiers, name, typeParameters, heritageClauses } = statement;
  return ts.factory.createClassDeclaration(modifiers, name, typeParameters, heritageClauses, members);
}

/** The report of each entry, by the name of its file. */
export function reports(): Map<string, string> {
  const fileOf = (entry: string): string => `${root}src${entry.slice("millrace".length)}/index.ts`;
  const program = ts.createProgram(entries.map(fileOf), options);
  const checker = program.getTypeChecker();
  const made = new Map<string, string>();
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(fileOf(entry)) as ts.SourceFile) as ts.Symbol;
    const exported = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
    const blocks = exported.map((each) => {
      const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      const [first] = symbol.declarations as [ts.Declaration];
      const file = declarations(first.getSourceFile());
      const name = symbol.name === "default" ? "plugin" : symbol.name;
      const statements = file.statements.filter((statement) => declares(statement, name));
      if (statements.length === 0) throw new Error(`${entry}: no declaration of ${each.name}`);
      const text = statements
        .map((s) => printer.printNode(ts.EmitHint.Unspecified, withoutPrivate(s), file))
        .join("\n");
      return `## ${each.name}\n\n\`\`\`ts\n${text}\n\`\`\`\n`;
    });
    const name = entry.replace("millrace/", "");
    made.set(
      `${name.replaceAll("/", "-")}.api.md`,
      `# ${entry}\n\nMade by \`npm run api\`. Do not edit.\n\n${blocks.join("\n")}`,
    );
  }
  return made;
}
