/** Made for `co`: an operation is a function that takes a callback. */
import chan, { type Chan, type Thunk } from "chan";
import { programs } from "../promises/channels.ts";

function done<T>(thunk: Thunk<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    thunk((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

export default programs<Chan<number>>({
  make: (capacity) => chan<number>(capacity),
  send: (ch, value) => done(ch(value)),
  recv: (ch) => done(ch),
  select: (chs) => ({
    next: async () => done((await done(chan.select(...chs))).selected),
    value: (value) => value,
  }),
});
