/**
 * What is a Goroutine? › Real-World Use Cases › Background jobs
 *
 * A request is answered at once; writing to the database, the log and the metrics goes on beside it. At the end main
 * waits for what is still under way.
 */
import { type Go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

main(function* () {
  const background = new WaitGroup();

  function* job(name: string, takes: number): Go {
    yield* time.sleep(takes);
    console.log(`${name} done`);
  }

  function handle(request: string): void {
    background.go(() => job("DB write", 300 * time.Millisecond));
    background.go(() => job("logging", 100 * time.Millisecond));
    background.go(() => job("metrics", 200 * time.Millisecond));
    console.log(`${request} answered`);
  }

  handle("request");
  yield* background.wait();
  console.log("shut down");
});
