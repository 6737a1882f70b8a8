/** Makes this process compile the modules it loads from now on. */
import module from "node:module";
import type { loadSync } from "./compiling.ts";

/**
 * Registers the hooks. Once it is fulfilled, modules are compiled.
 *
 * @param command who asks, for the error that says what is missing
 */
export async function registerCompiler(command: string): Promise<void> {
  const hooks = await import("./compiling.ts").catch((error: { readonly code?: unknown; readonly message: string }) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    const text =
      "the compiler needs two packages that are not installed: npm install --save-dev oxc-parser magic-string";
    throw new Error(`${command}: ${text}`, { cause: error });
  });
  // The places in stacks are to be the program's own.
  process.setSourceMapsEnabled(true);
  // Node 22.15 and later have hooks on the same thread, which reach what is required, too.
  const { registerHooks } = module as { registerHooks?(hooks: { load: typeof loadSync }): void };
  if (registerHooks === undefined) module.register(hooks.here);
  else registerHooks({ load: hooks.loadSync });
}
