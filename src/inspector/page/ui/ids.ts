/** What an id names: goroutines are `RUN/G`, things begin with a word. */
import type { GoroutineId } from "../../protocol.ts";

export function isGoroutine(id: string): boolean {
  return /^\d/.test(id);
}

export function isChannel(id: string): boolean {
  return id.startsWith("chan/");
}

/** A goroutine's number as people say it: without the run where that is the first, `G 7`, `G 2/7`, `G 7 @2`. */
export function shortId(id: GoroutineId): string {
  if (!isGoroutine(id)) return id;
  const [place = "", thread] = id.split("@");
  const [run, g] = place.split("/");
  return `G${run === "1" ? g : `${run}/${g}`}${thread === undefined ? "" : `@${thread}`}`;
}
