/** Its smallest buffer is 1, but a write resolves only once it is read, whatever the capacity. */
import { type Channel, channel, select, timeout } from "@thi.ng/csp";
import { programs } from "../promises/channels.ts";
import { sleepersProgram } from "../promises/timers.ts";

export default {
  ...programs<Channel<number>, [number | undefined, Channel<number>]>({
    make: (capacity) => channel(Math.max(1, capacity)),
    send: (ch, value) => ch.write(value),
    recv: (ch) => ch.read() as Promise<number>,
    select: (chs) => {
      const [first, ...rest] = chs;
      return { next: () => select(first as Channel<number>, ...rest), value: (result) => result[0] as number };
    },
  }),
  sleepers: sleepersProgram((ms) => timeout(ms).read()),
};
