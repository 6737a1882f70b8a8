// Main ends with goexit, and when the last goroutine has ended, nothing is left.
import { go, main, runtime } from "millrace";

main(function* () {
  go(function* () {
    yield* runtime.gosched();
    console.log("the last goroutine");
  });
  try {
    yield* runtime.goexit();
  } finally {
    console.log("finally");
  }
});
