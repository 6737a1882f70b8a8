// A receive, a send, a range and a comma-ok receive on nil channels.
import { go, main, nilChan, range } from "millrace";

main(function* () {
  const nil = nilChan<number>();
  go(function* sender() {
    yield* nil.send(1);
  });
  go(function* ranger() {
    for (const r = range(nil); yield* r.next(); ) console.log(r.value);
  });
  go(function* commaOk() {
    yield* nil.recvOk();
  });
  yield* nil.recv();
});
