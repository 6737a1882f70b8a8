/** Its operations are performed with `yield`. */
import csp, { type CspChannel } from "js-csp";
import { within } from "../program.ts";
import { type Fiber, fiberPrograms } from "../promises/fibers.ts";
import { countdown } from "../promises/timers.ts";

function* performed<T>(instruction: unknown): Fiber<unknown, T> {
  return yield instruction;
}

function* made(capacity: number): Fiber<unknown, CspChannel> {
  return csp.chan(capacity);
}

function* started(body: () => Fiber<unknown>): Fiber<unknown> {
  csp.spawn(body());
}

export default {
  ...fiberPrograms<CspChannel, unknown>({
    make: made,
    send: (ch, value) => performed(csp.put(ch, value)),
    recv: (ch) => performed<number>(csp.take(ch)),
    go: started,
    sleep: (ms) => performed(csp.timeout(ms)),
    run: (body) =>
      new Promise<void>((resolve) => {
        csp.spawn(
          (function* () {
            yield* body();
            resolve();
          })(),
        );
      }),
    select: (chs) =>
      function* () {
        return (yield* performed<{ value: number }>(csp.alts(chs))).value;
      },
  }),
  sleepers: (n: number): Promise<void> =>
    countdown(n, (i, done) => {
      csp.go(function* () {
        yield csp.timeout(within(i));
        done();
      });
    }),
};
