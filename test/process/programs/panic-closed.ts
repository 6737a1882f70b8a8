// Go's panics, each in its own run of the program.
import { chan, go, main, nilChan, runtime } from "millrace";

main(function* () {
  const ch = chan<number>(0, { name: "closed" });
  switch (process.argv[2]) {
    case "send":
      ch.close();
      return yield* ch.send(1);
    case "close":
      ch.close();
      return ch.close();
    case "nil":
      return nilChan<number>().close();
    case "size":
      return chan<number>(-1);
    case "waiting":
      go(function* sender() {
        yield* ch.send(1);
      });
      yield* runtime.gosched();
      ch.close();
      return yield* runtime.gosched();
    case "go":
      return go(undefined as never);
    default:
      return undefined;
  }
});
