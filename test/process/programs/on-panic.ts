// Panics of the default run, and of main's, with something that decides what they end.
import { chan, go, main, type PanicHandler, runtime } from "millrace";
import { sleep } from "millrace/time";

const tells: PanicHandler = (error, { id, name, stack, createdBy }) => {
  console.log(`${(error as Error).message} in goroutine ${id} (${name}), created by ${createdBy?.name}\n${stack}`);
  return "goroutine";
};

function* worker(): Generator<never, void> {
  throw new Error("lost");
}

switch (process.argv[2]) {
  case "goes-on":
    runtime.onPanic(tells);
    go(function* server() {
      go(worker);
      yield* sleep(1);
      console.log("the server goes on");
    });
    break;
  case "throws":
    runtime.onPanic(() => {
      throw new Error("the handler's own");
    });
    process.on("uncaughtException", (error: AggregateError) => {
      console.log(`uncaught: ${error.message}: ${error.errors.map((each) => each.message)}`);
    });
    go(worker);
    break;
  case "joined":
    process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
    try {
      await go(worker).join();
    } catch (error) {
      console.log("joined:", (error as Error).message);
    }
    await sleep(1);
    break;
  default:
    main(
      function* () {
        const g = go(worker);
        try {
          yield* g.join();
        } catch (error) {
          console.log("joined:", (error as Error).message);
        }
        go(worker);
        yield* sleep(1);
        go(function* last() {
          throw new RangeError("too much");
        });
        yield* chan<never>().recv();
      },
      { onPanic: (error, goroutine) => (error instanceof RangeError ? "run" : tells(error, goroutine)) },
    );
}
