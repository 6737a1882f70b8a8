/**
 * What a thread runs where the program brings no worker file of its own. Node only, and plain JavaScript once built: where
 * the host reads no TypeScript, this registers the loader that does.
 */
import { workerData } from "node:worker_threads";
import { begin, initOf, loadAll } from "./serve.ts";

const init = initOf(workerData);
if (init === undefined) throw new Error("millrace: this file is run by the library, to start a thread");

/** Whether the program's modules may be TypeScript that Node can't read: then the program is run by tsx. */
function needsLoader(modules: readonly string[]): boolean {
  const { features } = process as { readonly features?: { readonly typescript?: unknown } };
  if (features?.typescript) return false;
  return modules.some((url) => /\.[cm]?tsx?(\?|$)/.test(url)) || process.execArgv.some((arg) => arg.includes("tsx"));
}

if (needsLoader(init.modules)) {
  const { register } = (await import("tsx/esm/api")) as { register(): unknown };
  register();
}
begin(init, () => loadAll(init.modules));
