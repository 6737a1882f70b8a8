/**
 * What a thread runs where the program brings no worker file of its own. Node only, and plain JavaScript once built: where
 * the host reads no TypeScript, or less of it than the program was started with, this registers the loader that does.
 *
 * The thread gets the copy of the runtime that the program has on its first thread: a program that a tool runs as CommonJS
 * loads the CommonJS build, and classes of one build are not those of the other.
 */
import module, { createRequire } from "node:module";
import { workerData } from "node:worker_threads";
import type { INIT, Init } from "./sched/thread.ts";
import { findTsx, isTypeScript, stripsTypes, whyUnread } from "./typescript.ts";

const init = (workerData as { readonly [K in typeof INIT]?: Init } | null | undefined)?.["millrace thread"];
if (init === undefined) throw new Error("millrace: this file is run by the library, to start a thread");

const unread = stripsTypes() ? undefined : init.modules.find(isTypeScript);
if (init.tsx || unread !== undefined) {
  const tsx = findTsx(unread ?? init.modules[0] ?? import.meta.url);
  if (tsx === null) throw new Error(`${unread}: ${unread === undefined ? "tsx is not installed" : whyUnread(unread)}`);
  await tsx.register();
  // As in `millrace run`, for a program whose folders have no copy of this package.
  const resolver = new URL("../cli/resolve.js", import.meta.url).href;
  const { registerHooks } = module as { registerHooks?(hooks: { readonly resolve: unknown }): void };
  if (registerHooks === undefined) module.register(resolver);
  else registerHooks({ resolve: ((await import(resolver)) as { readonly resolveSync: unknown }).resolveSync });
}
const runtime = init.commonjs
  ? (createRequire(import.meta.url)("./serve.cjs") as typeof import("./serve.ts"))
  : await import("./serve.ts");
runtime.begin(init, () => runtime.loadAll(init.modules));
