import { BufferedChannel } from "csp-ts";
import { programs } from "../promises/channels.ts";

export default programs<BufferedChannel<number>>({
  make: (capacity) => new BufferedChannel(0, capacity),
  send: (ch, value) => ch.send(value),
  recv: (ch) => ch.receive(),
});
