import module from "async-csp";
import { programs } from "../promises/channels.ts";

/** A CommonJS module whose class is its `default`. */
const { default: Channel } = module;
type Channel = InstanceType<typeof Channel>;

export default programs<Channel>({
  make: (capacity) => (capacity > 0 ? new Channel(capacity) : new Channel()),
  send: (ch, value) => ch.put(value),
  recv: (ch) => ch.take(),
});
