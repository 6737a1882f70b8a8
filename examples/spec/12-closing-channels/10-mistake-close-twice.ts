/**
 * Closing Channels in Go › 10. Common Mistakes › Closing the same channel twice
 */
import { chan, main } from "millrace";

main(() => {
  const ch = chan<number>();
  ch.close();
  ch.close();
});
