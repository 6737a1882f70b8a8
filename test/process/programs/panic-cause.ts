// An error with causes, the innermost of which is no error.
import { main } from "millrace";

main(function* () {
  const low = new Error("connection refused", { cause: "ECONNREFUSED" });
  throw new Error("cannot load the page", { cause: new TypeError("fetch failed", { cause: low }) });
});
