/** What the plug-in changes in a module, and what it leaves alone. */
import { describe, expect, it } from "vitest";
import { wire } from "../../src/plugin/wire.ts";

const WIRING = { imports: 'import w from "w";\n', url: '"/a.ts"', worker: "w" };
const wired = (code: string, id = "a.ts"): string | null => wire(code, id, () => WIRING);
const FROM = 'from "millrace/threads";\n';

/** The module itself, without the end that was added. */
const body = (code: string, id?: string): string => (wired(code, id) ?? "").slice(0, code.length);

describe("a module with parallel functions", () => {
  it("keeps every line and column, and gets an end", () => {
    const code = `"use strict";\nimport { parallel } ${FROM}export const f = parallel(import.meta, "f", () => 1);\n`;
    expect(wired(code)).toBe(
      `${code.replace("import.meta", "__mr_meta()")}\n;import w from "w";\nfunction __mr_meta() { return { url: "/a.ts", worker: w }; }\n`,
    );
  });

  it.each([
    ["another name", `import { go, parallel as p } ${FROM}`, "p"],
    ["a name in a list that goes on", `import { parallel, sharedChan } ${FROM}`, "parallel"],
    ["a namespace", `import * as threads ${FROM}`, "threads.parallel"],
    ["single quotes", "import { parallel } from 'millrace/threads'\n", "parallel"],
    ["type arguments", `import { parallel } ${FROM}`, "parallel<(n: Map<string, number>) => void>"],
    ["lines between", `import { parallel } ${FROM}`, "parallel /* its */ \n"],
  ])("is found under %s", (_how, start, name) => {
    const code = `${start}export const f = ${name}(import.meta, "f", () => {});\nconst { url } = import.meta;`;
    expect(body(code)).toBe(code.replace("(import.meta,", "(__mr_meta(),"));
  });

  it("is found in JSX, and each of its functions", () => {
    const code = `import { parallel } ${FROM}const f = parallel(import.meta, "f", () => 1);
      export const P = () => <p title="it's">don't say \`parallel(import.meta, \${f()}</p>;
      const g = parallel(import.meta, "g", () => 2);`;
    expect(body(code, "a.tsx").match(/__mr_meta\(\), "[fg]"/g)).toEqual(['__mr_meta(), "f"', '__mr_meta(), "g"']);
    expect(body(code, "a.tsx")).toContain("say `parallel(import.meta, ");
  });

  it("is found behind generics of TypeScript, which are tags elsewhere", () => {
    const code = `import { parallel } ${FROM}const id = <T>(x: T): T => x;\nparallel(import.meta, "f", () => id<number>(1));`;
    expect(body(code)).toContain("parallel(__mr_meta(),");
  });
});

describe("left alone is", () => {
  it.each([
    ["a module of another library", `import { parallel } from "async"; parallel(import.meta, "f", f);`],
    ["a call of something else", `import { go as parallel, sharedChan } ${FROM}x.parallel(import.meta, "f", f);`],
    ["a method of that name", `import { parallel } ${FROM}x.parallel(import.meta, "f", f);`],
    ["another argument", `import { parallel } ${FROM}parallel({ url: import.meta.url }, "f", f);`],
    ["a part of import.meta", `import { parallel } ${FROM}parallel(import.meta.hot, "f", f);`],
    ["code in a string", `import { parallel } ${FROM}export const a = 'parallel(import.meta, "f", f)';`],
    ["code in a template", `import { parallel } ${FROM}export const a = \`\${1}parallel(import.meta, "f", f)\`;`],
    ["code in a comment", `import { parallel } ${FROM}// parallel(import.meta, "f", f)\n/* parallel(import.meta, */`],
    ["a type", `import type { Parallel } ${FROM}const meta = import.meta;`],
  ])("%s", (_what, code) => {
    expect(wired(code)).toBeNull();
  });

  it("a module that the bundler has no wiring for", () => {
    const code = `import { parallel } ${FROM}parallel(import.meta, "f", f);`;
    expect(wire(code, "a.ts", () => null)).toBeNull();
  });
});
