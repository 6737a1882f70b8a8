/** A thread of a program that Turbopack has bundled: it loads a module from the chunk that the module's URL says. */
import { builtin } from "../runtime/host.ts";
import { serve } from "../threads/serve.ts";

const { createRequire } = builtin("node:module") as typeof import("node:module");

serve((url) => {
  const chunk = url.slice(url.indexOf("?") + 1);
  return createRequire(chunk)(chunk) as unknown;
});
