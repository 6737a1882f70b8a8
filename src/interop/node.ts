/** Node's modules, where there is a Node: asked for when they are needed, so that a browser never looks for them. */
import { builtin } from "../runtime/host.ts";
import { ArgumentError } from "../runtime/panic.ts";

export function nodeStream(where: string): typeof import("node:stream") {
  const stream = builtin("node:stream");
  if (stream === undefined) throw new ArgumentError(`${where}: Node's streams are not to be had here`);
  return stream as typeof import("node:stream");
}
