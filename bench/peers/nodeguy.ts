import Channel, { type Numbers } from "@nodeguy/channel";
import { programs } from "../promises/channels.ts";

export default programs<Numbers, Numbers>({
  make: (capacity) => Channel(capacity),
  send: (ch, value) => ch.push(value),
  recv: (ch) => ch.shift(),
  select: (chs) => ({
    next: () => Channel.select(chs.map((ch) => ch.shift())),
    value: (ready) => ready.value(),
  }),
});
