/** Another thread is hogged; goroutines that have started there get on, and so does what was sent to them. */
import { type Go, go, main } from "millrace";
import { background, type Context, withCancel } from "millrace/context";
import { type Hog, parallel, threads } from "millrace/threads";
import { sleep } from "millrace/time";

const hogs: Hog[] = [];
threads({ count: 2, preempt: true, sysmon: (hog) => hogs.push(hog) });

/** Two goroutines of one thread: one loops until the other has seen the context's end. */
const both = parallel(import.meta, "both", function* loops(ctx: Context, flag: Int32Array): Go<number> {
  let ended = false;
  go(function* waits() {
    yield* ctx.done().recv();
    ended = true;
  });
  yield* sleep(1); // it waits now
  Atomics.store(flag, 0, 1);
  let n = 0;
  while (!ended) n++;
  return n;
});

main(function* () {
  const [ctx, cancel] = withCancel(background());
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const g = go(both, ctx, flag);
  while (Atomics.load(flag, 0) === 0) yield* sleep(1);
  // A machine with much to do may find it elsewhere before.
  const inLoop = ({ stack }: Hog): boolean => /^loops\(\.\.\.\)\n\t\S+:20:\d+$/.test(stack);
  while (!hogs.some(inLoop)) yield* sleep(1);
  cancel();
  console.log("it looped:", (yield* g.join()) > 0);
  const hog = hogs.find(inLoop);
  console.log(hog?.name, (hog?.thread ?? 0) > 0, (hog?.ms ?? 0) >= 10, hog?.stack);
});
