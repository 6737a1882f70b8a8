// Several errors in one.
import { main } from "millrace";

main(function* () {
  throw new AggregateError([new Error("first"), new RangeError("second"), "third"], "all mirrors failed");
});
