/**
 * What a person is told while it works and at the end, on standard error: a bar on a terminal, else a line now and then.
 * Standard output is for the listing alone.
 */
import { getSystemErrorMap } from "node:util";
import { go, range } from "millrace";
import { Second, tick } from "millrace/time";
import { count, type Tally } from "./tally.ts";

export interface Report {
  /** Prints a line. */
  say(text: string): void;
  /** Takes the bar away. */
  stop(): void;
}

/** How often a line of progress comes where there is no terminal, in milliseconds. */
const EVERY = 2 * Second;

/** Prints a line. */
export function say(text: string, to: NodeJS.WritableStream = process.stderr): void {
  to.write(`digest: ${text}\n`);
}

/** Starts to report how far `tally` is. */
export async function startReport(tally: Tally, to: NodeJS.WriteStream = process.stderr): Promise<Report> {
  return to.isTTY ? await bar(tally, to) : lines(tally, to);
}

function lines(tally: Tally, to: NodeJS.WriteStream): Report {
  go(function* progress() {
    for (const t = range(tick(EVERY)); yield* t.next(); ) say(`${count(tally.files, "file")}, ${tally.volume()}`, to);
  });
  return { say: (text) => say(text, to), stop() {} };
}

async function bar(tally: Tally, stream: NodeJS.WriteStream): Promise<Report> {
  const { MultiBar, Presets } = (await import("cli-progress")).default;
  const format = "{bar} {percentage}% of {figures}";
  // It is the kind with many bars because that one can print lines above them.
  const bars = new MultiBar(
    { stream, format, barsize: 30, clearOnComplete: true, linewrap: true, forceRedraw: true },
    Presets.shades_grey,
  );
  const bar = bars.create(0, 0, { figures: "" });
  bars.on("update-pre", () => {
    bar.setTotal(Math.max(tally.total, tally.files));
    bar.update(tally.files, { figures: `${count(tally.total, "file")}, ${tally.volume()}` });
  });
  return {
    say: (text) => bars.log(`digest: ${text}\n`),
    stop() {
      bars.update(); // prints what was logged last
      bars.stop();
    },
  };
}

/** What went wrong, in the words of the system. */
export function reason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? message;
}
