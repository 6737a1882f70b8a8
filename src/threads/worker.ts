/**
 * What a thread runs where the program brings no worker file of its own. Node only, and plain JavaScript once built: where
 * the host reads no TypeScript, or less of it than the program was started with, this registers the loader that does.
 */
import { register as registerHooks } from "node:module";
import { workerData } from "node:worker_threads";
import { begin, initOf, loadAll } from "./serve.ts";

const init = initOf(workerData);
if (init === undefined) throw new Error("millrace: this file is run by the library, to start a thread");

const { features } = process as { readonly features?: { readonly typescript?: unknown } };
const typescript = init.modules.some((url) => /\.[cm]?tsx?(\?|$)/.test(url));
if (init.tsx || (typescript && !features?.typescript)) {
  const { register } = (await import("tsx/esm/api")) as { register(): unknown };
  register();
  // As in `millrace run`, for a program whose folders have no copy of this package.
  registerHooks("../cli/resolve.js", import.meta.url);
}
begin(init, () => loadAll(init.modules));
