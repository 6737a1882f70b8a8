/** The plugin as ESLint loads it. */
import { ESLint } from "eslint";
import { expect, it } from "vitest";
import plugin, { configs, meta, rules } from "../../src/eslint/index.ts";

const lint = async (code: string, fix = false): Promise<ESLint.LintResult> => {
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [configs.recommended], fix });
  const [result] = await eslint.lintText(code, { filePath: "program.js" });
  return result as ESLint.LintResult;
};

const program = `import { chan, go } from "millrace";
import { background, withCancel } from "millrace/context";
const ch = chan();
const [ctx] = withCancel(background());
go(function* () {
  for (;;) ctx.err();
});
go(function* () {
  ch.send(1);
  yield ch.recv();
  yield* Promise.race([ch.recv()]);
  save();
});
function* save() {}
`;

it("recommends every rule that finds mistakes", async () => {
  const { messages } = await lint(program);
  expect(messages.map(({ line, ruleId, severity }) => [line, ruleId, severity])).toEqual([
    [4, "millrace/no-dropped-cancel", 2],
    [6, "millrace/no-endless-loop", 2],
    [9, "millrace/no-floating-operation", 2],
    [10, "millrace/no-yield-operation", 2],
    [11, "millrace/no-promise-race", 2],
    [12, "millrace/no-floating-generator", 2],
  ]);
  const mistakes = Object.keys(rules).filter((name) => name !== "no-function-in-loop");
  expect(Object.keys(configs.recommended.rules ?? {})).toEqual(mistakes.map((name) => `millrace/${name}`));
});

it("fixes what has one meaning only", async () => {
  const { output } = await lint(program, true);
  expect(output).toBe(
    program
      .replace("  ch.send", "  yield* ch.send")
      .replace("yield ch", "yield* ch")
      .replace("  save", "  yield* save"),
  );
});

it("is one plugin, whichever name it is imported by", () => {
  expect(plugin.configs).toBe(configs);
  expect(plugin.rules).toBe(rules);
  expect(configs.recommended.plugins).toEqual({ [meta.name]: plugin });
});
