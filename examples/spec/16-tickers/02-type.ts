/**
 * What is a Ticker? › 2. Basic Syntax › type Ticker
 *
 * The channel on which ticks are delivered can only be received from.
 */
import { main, type RecvChan } from "millrace";
import * as time from "millrace/time";

main(function* () {
  using ticker = new time.Ticker(time.Second);
  const c: RecvChan<time.Time> = ticker.c;

  // @ts-expect-error nobody but the ticker sends on it
  c.send;

  const at = yield* c.recv();
  console.log("a time:", at instanceof time.Time, "- a Date too:", at instanceof Date);
});
