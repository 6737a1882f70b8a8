/**
 * What is context in Go? › Core Concepts › 2. The Root Contexts
 *
 * Neither root is ever cancelled: no deadline, no error, and a `done` that never comes.
 */
import { main, select } from "millrace";
import * as context from "millrace/context";

main(function* () {
  for (const ctx of [context.background(), context.todo()]) {
    const s = yield* select({ done: ctx.done().recv(), default: true });
    console.log(String(ctx), "deadline:", ctx.deadline(), "err:", ctx.err(), "done:", s.case === "done");
  }
});
