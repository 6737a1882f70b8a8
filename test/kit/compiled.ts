/** TypeScript of the project as plain JavaScript in a project of its own, where it starts in a fraction of the time. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { root } from "./child.ts";

/** The modules of a folder, compiled one by one; `millrace` is the built package. Gone when the process ends. */
export function compiled(folder: string): string {
  const project = mkdtempSync(join(tmpdir(), "compiled-"));
  process.once("exit", () => rmSync(project, { recursive: true, force: true }));
  for (const name of ["package.json", "node_modules", "dist"]) symlinkSync(join(root, name), join(project, name));
  const out = join(project, folder);
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(join(root, folder)).filter((each) => each.endsWith(".ts"))) {
    const source = readFileSync(join(root, folder, name), "utf8");
    const { code } = transformSync(source, { loader: "ts", target: "es2022", sourcemap: "inline" });
    writeFileSync(join(out, name.replace(/ts$/, "js")), code.replace(/("\.\/[\w-]+\.)ts"/g, '$1js"'));
  }
  return out;
}
