/** What the plug-in asks of the part of it that knows one bundler. */
import type { UnpluginOptions } from "unplugin";
import type { Wiring } from "./wire.ts";

export interface Bundler {
  /** How the module `id` is wired; null where it is to stay as it is. `context` is what the bundler calls hooks with. */
  wiring(context: object, id: string): Wiring | null;
  /** The whole code of a module of our own, which has `code`; null for any other. */
  own?(context: object, id: string, code: string): Promise<string | null>;
  /** What else there is to do in that bundler. */
  readonly hooks: Partial<UnpluginOptions>;
}
