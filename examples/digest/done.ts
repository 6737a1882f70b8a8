/** Stopping before the end: a channel that is closed when the work is to stop. Every thread that reads a file watches it. */
import { type Go, type RecvChan, type SendChan, select } from "millrace";
import { sharedChan } from "millrace/threads";

/** Closed when the work is to stop. */
export type Done = RecvChan<void>;

/** Whether the work is to stop. */
export function isDone(done: Done): boolean {
  return done.tryRecv() !== undefined;
}

/** Sends `value`, unless the work is to stop first; says whether it did. */
export function* sent<T>(to: SendChan<T>, value: T, done: Done): Go<boolean> {
  const s = yield* select({ sent: to.send(value), stop: done.recv() });
  return s.case === "sent";
}

/** Milliseconds within which a second signal is the same Ctrl-C: npm and tsx pass on what the terminal sends us anyway. */
const SAME = 250;

/** A channel that Ctrl-C closes. A second Ctrl-C ends the process at once. */
export function interrupted(): Done {
  const done = sharedChan<void>(0, { name: "interrupted" });
  let first: number | undefined;
  process.on("SIGINT", () => {
    const now = performance.now();
    if (first === undefined) done.close();
    else if (now - first > SAME) process.exit(130);
    first ??= now;
  });
  return done;
}
