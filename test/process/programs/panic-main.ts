// A panic in main, in nested generators and a plain function.
import { type Go, main, runtime } from "millrace";

function parse(text: string): number {
  if (text === "") throw new Error("nothing to parse");
  return Number(text);
}

function* outer(): Go<number> {
  yield* runtime.gosched();
  return parse("");
}

main(function* () {
  yield* outer();
});
