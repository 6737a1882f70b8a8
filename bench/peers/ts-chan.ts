/** `setUnsafe` keeps it from passing through the event loop at each operation, which costs it three times as much. */
import { Chan, recv, Select } from "ts-chan";
import { programs } from "../promises/channels.ts";

export default programs<Chan<number>, number>({
  make: (capacity) => new Chan<number>(capacity).setUnsafe(true),
  send: (ch, value) => ch.send(value),
  recv: async (ch) => (await ch.recv()).value ?? 0,
  select: (chs) => {
    const select = new Select(chs.map((ch) => recv(ch))).setUnsafe(true);
    const { cases } = select;
    return {
      next: () => select.wait(),
      value: (index) => {
        const chosen = cases[index];
        if (!chosen) throw new Error(`no case ${index}`);
        return select.recv(chosen).value ?? 0;
      },
    };
  },
});
