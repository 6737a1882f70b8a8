// The commonest mistake with generators: yield without the star.
import { chan, main } from "millrace";

main(function* () {
  yield chan<number>(1).send(1) as never;
});
