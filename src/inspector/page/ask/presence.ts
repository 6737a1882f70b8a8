/** Tells the program that somebody looks on, so that one that is over stays until the page is closed. */
import type { Source } from "../../protocol.ts";
import { askerOf } from "./asker.ts";

/** @param url a stream that the program keeps open */
export function keepPresent(source: Source, url: string): void {
  let stream: EventSource | undefined;
  askerOf(source).watchLink(({ state }) => {
    // A browser would try again three times a second, for ever; whoever asks knows better when there is an answer again.
    if (state === "lost" || state === "refused") {
      stream?.close();
      stream = undefined;
    } else if (state === "open") {
      stream ??= new EventSource(url);
    }
  });
}
