/**
 * What is context in Go?
 *
 * The package that carries cancellation, timeouts and request-scoped values across goroutines.
 */
import { main } from "millrace";
import * as context from "millrace/context";

main(() => {
  console.log(String(context.background()));
});
