/** A thread that is told to end while it imports modules is let come to the end of that, or the host keeps their files open. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { node, root } from "../kit/child.ts";

const MODULES = 30;

const program = `
import { readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { go, run } from ${JSON.stringify(join(root, "dist/index.js"))};
import { parallel } from ${JSON.stringify(join(root, "dist/threads/index.js"))};
for (let i = 0; i < ${MODULES}; i++) await import(\`./m\${i}.mjs\`);
const nop = parallel(import.meta, "nop", () => {});
const open = () => readdirSync("/proc/self/fd").length;
if (isMainThread) {
  const before = open();
  for (let i = 0; i < 40; i++) {
    await run(() => { go(nop); go(nop); }, { leaks: false });
    await setTimeout(40 + (i % 10) * 10); // threads are at another place of their start each time
  }
  for (let i = 0; i < 100 && open() > before; i++) await setTimeout(100);
  console.log(open() - before);
}`;

test.runIf(process.platform === "linux")(
  "40 runs that are over before their threads have begun",
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-files-"));
    try {
      for (let i = 0; i < MODULES; i++) writeFileSync(join(folder, `m${i}.mjs`), `export const n = ${i};\n`);
      writeFileSync(join(folder, "main.mjs"), program);
      const { code, stdout, stderr } = await node([join(folder, "main.mjs")]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(Number(stdout)).toBeLessThanOrEqual(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
