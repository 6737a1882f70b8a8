/** The program that served this page, whether or not it is there at the moment. */
import type { Source } from "../../protocol.ts";
import { AskError, type Remote, remote } from "../../remote.ts";
import { Lost, Refused } from "./link.ts";

/** Statuses that mean: not this page. A token that is another program's is a path that is not there. */
const NOT_OURS: readonly number[] = [401, 403, 404];

/** Connects with the first question, and with the first one after the program was gone. */
export function connected(): Source {
  let program: Remote | undefined;
  return {
    async ask(question, about) {
      program ??= remote();
      try {
        return await program.ask(question, about);
      } catch (error) {
        if (!(error instanceof AskError)) throw error;
        const refused = NOT_OURS.includes(error.status);
        if (error.status !== 0 && !refused) throw error;
        program.close();
        program = undefined;
        if (!refused) throw new Lost("The program does not answer.");
        throw new Refused(
          "The program does not know this page. Was it started anew? Open the address that it printed last.",
        );
      }
    },
  };
}
