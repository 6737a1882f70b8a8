/**
 * What is context in Go? › Common Mistakes › Using context.WithValue for passing business data
 *
 * A parameter that is left out is a compile error; a value that was never put into the context is found missing only
 * when the program runs.
 */
import { main } from "millrace";
import * as context from "millrace/context";

const price = context.key<number>("price");

function totalOf(ctx: context.Context): string {
  const each = ctx.value(price); // ❌
  return each === undefined ? "no price in the context" : `${each * 3}`;
}

function total(each: number): string {
  return `${each * 3}`;
}

main(() => {
  console.log("by context:", totalOf(context.background()));
  // @ts-expect-error the compiler asks for the price
  console.log("by parameter:", total());
  console.log("by parameter:", total(14));
});
