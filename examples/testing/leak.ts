/**
 * Leaks: a request with a timeout that leaves its sender behind, found by the test of it, and its fix.
 *
 *     npx tsx examples/testing/leak.ts
 */
import { chan, go, LeakError, select } from "millrace";
import { noLeaks } from "millrace/testing";
import * as time from "millrace/time";

/** The first answer, or undefined when it takes too long. `room` is that of the channel of answers. */
async function query(room: number): Promise<string | undefined> {
  const answers = chan<string>(room);
  go(function* sender() {
    yield* time.sleep(5);
    yield* answers.send("42");
  });
  const s = await select({ answer: answers.recv(), late: time.after(1).recv() });
  return s.case === "answer" ? s.value : undefined;
}

/** What a test with `noLeaks` says of it. */
async function test(room: number): Promise<string> {
  try {
    await using _ = noLeaks({ within: 200 });
    await query(room);
    return "ok";
  } catch (error) {
    if (!(error instanceof LeakError)) throw error;
    const [left] = error.goroutines;
    return `${left?.name} is left: ${left?.reason}`;
  }
}

// When the timeout wins nobody receives any more, so the sender waits for ever.
console.log(`unbuffered: ${await test(0)}`);
// With room for the answer it can leave.
console.log(`room for one: ${await test(1)}`);
