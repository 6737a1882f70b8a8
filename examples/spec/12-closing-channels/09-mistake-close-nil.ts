/**
 * Closing Channels in Go › 10. Common Mistakes › Closing a nil channel
 */
import { main, nilChan } from "millrace";

main(() => {
  const ch = nilChan<number>();
  ch.close();
});
