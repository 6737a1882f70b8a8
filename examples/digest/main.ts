/**
 * SHA-256 of every file under a folder: Go's well-known program with bounded parallelism, as a tool.
 *
 *     npm start                          the folder it is started in; on a terminal the listing goes to a file
 *     npm start -- DIR > listing         any other
 *     npm start -- --check listing       verifies
 *
 * Where to read on: `tree.ts` is the pipeline, `walker.ts` and `bounded.ts` its two kinds of goroutines.
 */
import { type Go, main, runtime } from "millrace";
import { check } from "./check.ts";
import { parseCommand } from "./command.ts";
import { list } from "./list.ts";
import { endWithReader } from "./output.ts";

main(function* (): Go {
  endWithReader();
  const request = parseCommand(process.argv.slice(2));
  if (typeof request === "number") {
    process.exitCode = request;
    return;
  }
  runtime.gomaxprocs(request.threads);
  process.exitCode = request.check === undefined ? yield* list(request) : yield* check(request.check, request);
});
