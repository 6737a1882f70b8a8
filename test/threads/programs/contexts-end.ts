/** Contexts that were sent are collected: with their job, their run, their thread, as the first argument says. */

import { isMainThread } from "node:worker_threads";
import { go, main, run, wait } from "millrace";
import { background, type Context, cause, withCancel, withTimeout, withValue } from "millrace/context";
import { parallel, sharedChan } from "millrace/threads";

const look = parallel(import.meta, "look", (ctx: Context) => ctx.err() === undefined);
const park = parallel(import.meta, "park", function* (ctx: Context) {
  yield* ctx.done().recv();
});
const die = parallel(import.meta, "die", (ctx: Context) => {
  if (ctx.err() === undefined) process.exit(3);
});
const later = parallel(import.meta, "later", function* (ctx: Context, told: ReturnType<typeof sharedChan<string>>) {
  go(function* () {
    yield* go(function* () {}).join();
    yield* told.send(`after the job: ${ctx.err()}`);
  });
  return yield* go(() => ctx.err() === undefined).join();
});
let kept: Context | undefined;
const keep = parallel(import.meta, "keep", (ctx: Context) => {
  kept = ctx;
});
const ask = parallel(import.meta, "ask", () => `${kept?.err()}, because ${kept && cause(kept)}`);

const refs: WeakRef<Context>[] = [];

function make(i: number): Context {
  const [ctx] = i % 2 === 0 ? withCancel(background()) : withTimeout(background(), 3_600_000);
  const sent = i % 3 === 0 ? withValue(ctx, "i", i) : ctx;
  refs.push(new WeakRef(sent));
  return sent;
}

const tries: Record<string, () => Promise<void>> = {
  jobs: () =>
    run(function* () {
      for (let i = 0; i < 200; i++) yield* go(look, make(i)).join();
      yield* wait(collected());
    }),
  async runs() {
    for (let i = 0; i < 5; i++) {
      await run(
        function* () {
          for (let j = 0; j < 10; j++) go(park, make(j));
          yield* go(look, make(i)).join();
        },
        { leaks: false },
      );
    }
    await collected();
  },
  async threads() {
    for (let i = 0; i < 5; i++) {
      await run(function* () {
        go(park, make(i));
        yield* go(die, make(i)).join();
      }).catch(() => {});
    }
    await collected();
  },
  later: () =>
    run(function* () {
      const told = sharedChan<string>(1);
      console.log(yield* go(later, make(0), told).join());
      console.log(yield* told.recv());
      yield* go(keep, make(0)).join();
      console.log(yield* go(ask).join());
    }),
};

/** Says how many contexts are left once the collector has had its time. */
async function collected(): Promise<void> {
  let left = refs;
  for (let i = 0; i < 50 && left.length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
    left = refs.filter((ref) => ref.deref() !== undefined);
  }
  console.log(`${refs.length} sent, ${left.length} left`);
}

if (isMainThread) main(() => tries[process.argv[2] as string]?.());
