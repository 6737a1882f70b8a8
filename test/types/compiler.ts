/** The compiler, set up as this folder's tsconfig.json says, for tests of what it accepts and shows. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const folder: string = dirname(fileURLToPath(import.meta.url));

function options(): ts.CompilerOptions {
  const path = join(folder, "..", "tsconfig.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(path)).options;
}

/** The compiler's complaints about `files`, one line each. */
export function complaints(files: readonly string[]): string[] {
  const program = ts.createProgram(files, options());
  return ts.getPreEmitDiagnostics(program).map((each) => {
    const { line } = each.file?.getLineAndCharacterOfPosition(each.start ?? 0) ?? { line: -1 };
    return `${each.file?.fileName.slice(folder.length + 1)}:${line + 1} ${ts.flattenDiagnosticMessageText(each.messageText, " ")}`;
  });
}

/** An editor's view of `source`, which must compile, and the places that follow a caret mark in it, in order. */
function edit(source: string): {
  readonly service: ts.LanguageService;
  readonly name: string;
  readonly marks: number[];
} {
  const name = join(folder, "editor.virtual.ts");
  const marks: number[] = [];
  let text = source;
  for (let at = text.indexOf("‸"); at >= 0; at = text.indexOf("‸")) {
    marks.push(at);
    text = text.slice(0, at) + text.slice(at + 1);
  }
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: options,
    getScriptFileNames: () => [name],
    getScriptVersion: () => "1",
    getScriptSnapshot(path) {
      const content = path === name ? text : ts.sys.readFile(path);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === name || ts.sys.fileExists(path),
    readFile: (path) => (path === name ? text : ts.sys.readFile(path)),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host);
  const errors = service
    .getSemanticDiagnostics(name)
    .map((each) => ts.flattenDiagnosticMessageText(each.messageText, " "));
  if (errors.length > 0) throw new Error(`the source does not compile: ${errors.join("; ")}`);
  return { service, name, marks };
}

/** What an editor shows for each identifier that follows a caret mark. */
export function hovers(source: string): string[] {
  const { service, name, marks } = edit(source);
  return marks.map((at) => ts.displayPartsToString(service.getQuickInfoAtPosition(name, at)?.displayParts));
}

/** What an editor offers at each caret mark, sorted. */
export function completions(source: string): string[][] {
  const { service, name, marks } = edit(source);
  return marks.map((at) =>
    (service.getCompletionsAtPosition(name, at, {})?.entries ?? []).map((each) => each.name).sort(),
  );
}
