/**
 * `millrace run --inspect`: the program is watched from before its first line to its end, and as long as a page looks on
 * after that: a program that has finished, or failed, is what people want to look at. Ctrl-C ends it all the same, and so
 * does whatever signal ended the program.
 */
import { CommanderError } from "commander";
import { Feed, say } from "../inspector/server/feed.ts";
import { leaveToHost } from "../runtime/signals.ts";
import { observeSignals, SIGNALS } from "./signals.ts";

export interface InspectFlags {
  /** What the program is called. */
  readonly program: string;
  /** The server's port; 0 for any that is free. */
  readonly port: number;
  /** Hold the program until a page looks on. */
  readonly wait: boolean;
}

/** Starts the inspector, and comes back when the program may begin. */
export async function inspect({ program, port, wait }: InspectFlags): Promise<void> {
  let feed: Feed;
  try {
    feed = await Feed.start({ program, port });
  } catch (error) {
    console.error(`millrace run: the inspector can't start: ${(error as Error).message}`);
    throw new CommanderError(2, "millrace.inspect", "the inspector can't start");
  }
  say(`millrace run: the inspector is at ${feed.url}\n`);
  if (wait) {
    say("millrace run: the program begins when that is open\n");
    await feed.watched();
  }
  let signalled = false;
  observeSignals((_, listeners) => {
    signalled = true;
    if (listeners === 0) feed.over(0);
  });
  process.on("exit", (code) => {
    feed.over(code);
    if (signalled || feed.pages === 0) return;
    say("millrace run: the program is over; the inspector stays until its page is closed, or Ctrl-C\n");
    leaveToHost(SIGNALS);
    feed.stay();
  });
}
