// Several errors in one, more than a report tells of, and one of them has the whole as its cause.
import { main } from "millrace";

main(function* () {
  const errors: unknown[] = [new Error("first"), new RangeError("second"), "third"];
  for (let n = 4; n <= 12; n++) errors.push(`number ${n}`);
  const all = new AggregateError(errors, "all mirrors failed");
  (errors[1] as Error).cause = all;
  throw Object.assign(all, { code: "E_MIRRORS" });
});
