/**
 * What is context in Go? › Types of Derived Contexts › 4. WithValue
 *
 * Request-scoped data, passed down the call chain. A key knows the type of its value, and two keys of the same name are
 * two keys.
 */
import { main } from "millrace";
import * as context from "millrace/context";

const userID = context.key<number>("userID");

main(() => {
  const ctx = context.withValue(context.background(), userID, 42);

  process(ctx);
});

function process(ctx: context.Context): void {
  console.log("User ID:", ctx.value(userID));
}
