/** Every lesson's program compiles, prints what the lesson says, and is compiled by the tour's own compiler to a module. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Body } from "../../src/runtime/body.ts";
import { VirtualClock } from "../../src/runtime/clock.ts";
import { P } from "../../src/runtime/proc.ts";
import { report } from "../../src/runtime/report.ts";
import { programs } from "../../src/runtime/run.ts";
import { type Lesson, matches, parseLesson } from "../../src/tour/lesson.ts";
import { compile } from "../../src/tour/program/compile.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "src/tour/lessons");
const files = readdirSync(folder).sort();
const lessons: readonly Lesson[] = files.map((file) => parseLesson(file, readFileSync(join(folder, file), "utf8")));

const written = mkdtempSync(join(tmpdir(), "tour-"));
afterAll(() => rmSync(written, { recursive: true, force: true }));

/** Runs a program as the tour does, but that no real time passes. */
async function run({ slug, program }: Lesson): Promise<string> {
  const file = join(written, `${slug}.ts`);
  writeFileSync(file, program);
  let main: (() => unknown) | null = null;
  programs.take = (fn) => {
    main = fn;
  };
  let output = "";
  const log = vi.spyOn(console, "log").mockImplementation((...args) => {
    output += `${format(...args)}\n`;
  });
  try {
    await import(/* @vite-ignore */ file);
    const p = new P({ name: slug });
    new VirtualClock((stuck) => stuck.dry()).attach(p);
    await new Promise<void>((resolve) =>
      p.start(main as unknown as Body, (outcome) => {
        if (!outcome.ok) output += report(outcome.error, outcome.g);
        resolve();
      }),
    );
  } finally {
    programs.take = null;
    log.mockRestore();
  }
  return output.trimEnd();
}

describe("lessons", () => {
  it("are twenty, numbered without a gap, each with a name of its own", () => {
    expect(files.map((file) => Number.parseInt(file, 10))).toEqual(files.map((_, at) => at + 1));
    expect(lessons).toHaveLength(20);
    expect(new Set(lessons.map(({ slug }) => slug)).size).toBe(20);
    for (const { text, more } of lessons) {
      expect(text.length).toBeGreaterThan(200);
      expect(more).toMatch(/^- /);
    }
  });

  for (const lesson of lessons) {
    it(`${lesson.slug} prints what it says`, async () => {
      const output = await run(lesson);
      expect(matches(lesson.output.split("\n"), output.split("\n")), output).toBe(true);
    });
  }

  it("have programs whose types are right", { timeout: 60_000 }, () => {
    const { config } = ts.readConfigFile(join(root, "test/tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, "test"));
    const sources = new Map(lessons.map(({ slug, program }) => [join(root, `examples/tour-${slug}.ts`), program]));
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (name) => sources.get(name) ?? readFile.call(host, name);
    host.fileExists = (name) => sources.has(name) || fileExists.call(host, name);
    const program = ts.createProgram([...sources.keys()], options, host);
    const problems = [...sources.keys()].flatMap((name) => {
      const source = program.getSourceFile(name);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return found.map((each) => `${name}: ${ts.flattenDiagnosticMessageText(each.messageText, "\n")}`);
    });
    expect(problems).toEqual([]);
  });

  it("are refused without a title, a program or an output", () => {
    expect(() => parseLesson("01-a.md", "text")).toThrow("01-a.md: a lesson begins with # and its title");
    expect(() => parseLesson("a.md", "# A")).toThrow("a.md: a lesson's file is called 01-its-name.md");
    expect(() => parseLesson("01-a.md", "# A")).toThrow("it has no ```ts program");
    expect(() => parseLesson("01-a.md", "# A\n```ts program\n```\n")).toThrow("it has no ```text output");
  });
});

describe("compile", () => {
  const library = new Map([
    ["millrace", "https://tour/library/millrace.js"],
    ["millrace/time", "https://tour/library/time.js"],
  ]);

  it("takes types away, keeps lines, and leads imports to the library", async () => {
    const code =
      'import { chan, type Chan } from "millrace";\nimport * as time from "millrace/time";\nlet a: Chan<number> = chan();\nfunction* f(): unknown { using _ = b; yield* time.sleep(1); }\nawait import("millrace");\nconsole.log(import.meta.url);';
    const script = await compile(code, library);
    expect(script.split("\n").map((line) => line.replace(/ +/g, " ").trim())).toEqual([
      'import { chan, } from "https://tour/library/millrace.js";',
      'import * as time from "https://tour/library/time.js";',
      "let a = chan();",
      "function* f() { using _ = b; yield* time.sleep(1); }",
      'await import("https://tour/library/millrace.js");',
      "console.log(import.meta.url);",
      "//# sourceURL=main.ts",
      "",
    ]);
  });

  it("says what can't be imported, and where a program is wrong", async () => {
    await expect(compile('import "left-pad";', library)).rejects.toThrow(
      'main.ts: there is no "left-pad" in the tour, only millrace, millrace/time',
    );
    await expect(compile("const a = 1;\nconst = 2;", library)).rejects.toThrow(/^main\.ts:2:7: /);
  });
});
