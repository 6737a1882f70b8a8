/**
 * What Is a WaitGroup? › Import & Declaration
 *
 * A new group counts nothing, so waiting for it does not block.
 */
import { main } from "millrace";
import { WaitGroup } from "millrace/sync";

const wg = new WaitGroup();

main(function* () {
  yield* wg.wait();
  console.log("nothing to wait for");
});
