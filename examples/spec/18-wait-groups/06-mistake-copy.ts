/**
 * What Is a WaitGroup? › Common Mistakes › 3. Copying the WaitGroup by value
 *
 * In JavaScript an object is passed as a reference, so this mistake takes some effort: a spread makes a copy, but not a
 * WaitGroup, and the compiler says so.
 */
import { main } from "millrace";
import { WaitGroup } from "millrace/sync";

function worker(_wg: WaitGroup): void {}

main(() => {
  const wg = new WaitGroup();
  wg.add(1);

  const copy = { ...wg };
  // @ts-expect-error a copy is no WaitGroup // ❌
  worker(copy);
  console.log("the copy has a counter:", "done" in copy);
});
