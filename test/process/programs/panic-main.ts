// A panic in main, in nested generators and a plain function.
import { type Go, main, runtime } from "millrace";

function parse(word: string): number {
  if (word === "") throw new Error("nothing to parse");
  return Number(word);
}

function* outer(): Go<number> {
  yield* runtime.gosched();
  return parse("");
}

main(function* () {
  yield* outer();
});
