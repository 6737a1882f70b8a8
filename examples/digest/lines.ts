/** The lines of a text as a channel. */
import { type Go, type SendChan, wait } from "millrace";
import { type Done, sent } from "./done.ts";

/** A line without its end, and which one it is, from 0. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** Sends the lines of a text that comes in pieces, then closes `lines`; gives the error that ended it early, if any. */
export function* readLines(text: AsyncIterable<string>, lines: SendChan<Line>, done: Done): Go<unknown> {
  try {
    const pieces = text[Symbol.asyncIterator]();
    let at = 0;
    let rest = "";
    for (let ended = false; !ended; ) {
      const piece = yield* wait(pieces.next());
      ended = piece.done === true;
      const found = (rest + (ended ? "" : piece.value)).split("\n");
      rest = ended ? "" : (found.pop() as string);
      for (const line of found) {
        if (!(yield* sent(lines, { at: at++, text: line.replace(/\r$/, "") }, done))) return undefined;
      }
    }
    return undefined;
  } catch (error) {
    return error;
  } finally {
    lines.close();
  }
}
