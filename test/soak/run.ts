/**
 * `npm run soak -- --minutes N`: everything goes wrong, again and again, at steady memory. `--seed` repeats the choices of a run.
 *
 * What is measured is JavaScript that was built before. Rejected: TypeScript that is loaded with hooks. Node has a thread of
 * its own for the hooks of each thread, and keeps some kilobytes for it when the thread that it belonged to is gone.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildSync } from "esbuild";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" }, seed: { type: "string" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes: expected a number of minutes, got ${values.minutes}`);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(seed)) throw new Error(`--seed: expected a whole number, got ${values.seed}`);

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = `${here}dist`;
rmSync(outdir, { recursive: true, force: true });
// Threads load a file that is not the soak itself, so what is in both is in a third one.
buildSync({
  entryPoints: ["soak.ts", "crash.ts"].map((file) => here + file),
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  packages: "external",
  tsconfigRaw: {}, // `millrace` is the package
});
console.log(`soak: ${minutes} minutes, seed ${seed}`);
const { status } = spawnSync(process.execPath, ["--expose-gc", `${outdir}/soak.js`, String(minutes), String(seed)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
