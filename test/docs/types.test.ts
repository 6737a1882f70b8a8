/** Every code block of the documentation compiles as strictly as the project itself, also those that do not run. */
import { posix } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { blocks, id, root } from "../kit/blocks.ts";

/** A block is compiled as the file that it says it is, else as one beside its document. */
const compiled = new Map(
  blocks().map((block) => {
    const name = block.path ?? `${posix.dirname(block.file)}/${posix.basename(block.file)}-line-${block.line}.ts`;
    return [posix.join(root, name), block] as const;
  }),
);

it("compiles", { timeout: 180_000 }, () => {
  const { config } = ts.readConfigFile(`${root}test/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, `${root}test`);
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { readFile, fileExists } = host;
  host.readFile = (name) => compiled.get(name)?.code ?? readFile.call(host, name);
  host.fileExists = (name) => compiled.has(name) || fileExists.call(host, name);
  const program = ts.createProgram([...compiled.keys()], { ...options, noUnusedLocals: false }, host);
  const problems: string[] = [];
  for (const [name, block] of compiled) {
    const source = program.getSourceFile(name);
    for (const found of [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]) {
      const line = source === undefined ? 0 : source.getLineAndCharacterOfPosition(found.start ?? 0).line + 1;
      problems.push(`${id(block)} +${line}: ${ts.flattenDiagnosticMessageText(found.messageText, "\n")}`);
    }
  }
  expect(problems).toEqual([]);
});
