import { any, chan, type MediumChannel, put, take } from "medium";
import { programs } from "../promises/channels.ts";

export default programs<MediumChannel<number>, [number, MediumChannel<number>]>({
  make: (capacity) => (capacity > 0 ? chan(capacity) : chan()),
  send: put,
  recv: take,
  select: (chs) => ({ next: () => any(...chs), value: (result) => result[0] }),
});
