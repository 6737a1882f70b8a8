/** Where there is nothing to ask: a page without a program, into which a trace can be dropped. */
import type { Source } from "../../protocol.ts";

export const noSource: Source = {
  ask: () => Promise.reject(new Error("There is no program.")),
};
