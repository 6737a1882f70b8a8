/**
 * It is made for Node 22: `Promise.withResolvers` and `navigator` are given to it on Node 20. Its 64 KiB for a channel are
 * too few for 1024 objects.
 */
import { CAPACITY, check, type Item, item, type Program, sumTo, THREADS } from "../program.ts";
import { lockPrograms } from "../promises/locks.ts";
import { taskPrograms } from "../promises/tasks.ts";
import { echo, fibonacci, sum } from "./multithreading-tasks.mjs";

if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { hardwareConcurrency: THREADS } });
if (!("withResolvers" in Promise)) {
  Object.assign(Promise, {
    withResolvers() {
      let settle: unknown[] = [];
      const promise = new Promise((...both) => {
        settle = both;
      });
      return { promise, resolve: settle[0], reject: settle[1] };
    },
  });
}
const { channel, initRuntime, Mutex, move, spawn } = await import("multithreading");
initRuntime({ maxWorkers: THREADS });

const MEMORY = 1 << 24;

type Result<T> = { ok: true; value: T } | { ok: false; error: unknown };

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

/** One way, with the sum as the result of the task. */
function oneWay(make: (i: number) => number | Item): Program {
  return async (n) => {
    const [sender, receiver] = channel<number | Item>(CAPACITY, { size: MEMORY });
    const task = spawn(move(receiver, n), sum);
    for (let i = 1; i <= n; i++) unwrap((await sender.send(make(i))) as Result<unknown>);
    check(unwrap((await task.join()) as Result<number>), sumTo(n));
  };
}

const roundTrip: Program = async (n) => {
  const [to, toReceiver] = channel<number>(4);
  const [back, backReceiver] = channel<number>(4);
  const task = spawn(move(toReceiver, back, n), echo);
  let total = 0;
  for (let i = 1; i <= n; i++) {
    await to.send(i);
    total += unwrap((await backReceiver.recv()) as Result<number>);
  }
  await task.join();
  check(total, sumTo(n));
};

const { semaphore: _, ...locks } = lockPrograms(() => {
  const mutex = new Mutex();
  return {
    async acquire() {
      const guard = await mutex.lock();
      return () => guard[Symbol.dispose]();
    },
  };
});

export default {
  ...locks,
  ...taskPrograms(() => async (k) => {
    const task = spawn(move(k), fibonacci);
    return unwrap((await task.join()) as Result<number>);
  }),
  numbers: oneWay((i) => i),
  objects: oneWay(item),
  "round-trip": roundTrip,
};
