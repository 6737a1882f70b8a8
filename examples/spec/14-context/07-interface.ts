/**
 * What is context in Go? › How It Works Internally (CS-level)
 *
 * The four methods of every context, asked of one that has all there is: a deadline, a value and an end.
 */
import { main } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

const traceID = context.key<string>("traceID");

main(function* () {
  const [timed, cancel] = context.withTimeout(context.background(), time.Minute);
  const ctx: context.Context = context.withValue(timed, traceID, "abc");

  const left = ctx.deadline()?.sub(time.now()) ?? 0;
  console.log("deadline: in", Math.round(left / time.Second), "seconds");
  console.log("done:", ctx.done().tryRecv() !== undefined);
  console.log("err:", ctx.err()?.message);
  console.log("value:", ctx.value(traceID));

  cancel();
  console.log("done:", ctx.done().tryRecv() !== undefined);
  console.log("err:", ctx.err()?.message);
});
