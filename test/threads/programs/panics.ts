import { isMainThread } from "node:worker_threads";
import { go, type PanicHandler, run, runtime } from "millrace";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

const boom = parallel(import.meta, "boom", async (n: number) => {
  await null;
  throw new RangeError(`boom ${n}`);
});
const slow = parallel(import.meta, "slow", function* (n: number) {
  yield* sleep(n);
  return n;
});
const closure = parallel(import.meta, "closure", function* () {
  go(function* inner() {
    throw new Error("in a closure");
  });
  yield* sleep(20);
  return "closure done";
});
const joiner = parallel(import.meta, "joiner", function* () {
  const g = go(function* inner() {
    throw new Error("joined there");
  });
  try {
    yield* g.join();
  } catch (error) {
    return `caught ${(error as Error).message}`;
  }
  return "it did not throw";
});
const nested = parallel(import.meta, "nested", function* () {
  try {
    yield* go(boom, 9).join();
  } catch (error) {
    return `nested caught ${(error as Error).message}`;
  }
  return "it did not throw";
});
const odd = parallel(import.meta, "odd", () => {
  throw Object.assign(new Error("odd"), { cannotTravel() {} });
});
// @ts-expect-error: a function as a result
const unsendable = parallel(import.meta, "unsendable", () => () => 1);

async function show(what: string, promise: PromiseLike<unknown>): Promise<void> {
  const outcome = promise.then(String, (error: Error) => `rejected ${error.name}: ${error.message.split(";", 1)[0]}`);
  console.log(`${what}: ${await outcome}`);
}

const tells: PanicHandler = (error, { name, stack, createdBy, thread = 0 }) => {
  const by = createdBy === undefined ? "" : `, created by ${createdBy.name}`;
  console.log(
    `handler: ${(error as Error).message} in ${name} on thread ${thread > 0}${by}: ${stack.split("\n", 1)[0]}`,
  );
  return "goroutine";
};

async function theDefaultRun(): Promise<void> {
  process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
  const other = go(slow, 300);
  await show("joined", go(boom, 1).join());
  await show("joined there", go(joiner).join());
  await show("in a thread", go(nested).join());
  await show("what can't travel", go(odd).join());
  await show("a result that can't", go(unsendable).join());
  go(boom, 2);
  await sleep(50);
  await show("a closure", go(closure).join());
  runtime.onPanic(tells);
  go(boom, 3);
  await sleep(50);
  await show("a closure", go(closure).join());
  await show("the others go on", other.join());
}

const joins = function* (n: number) {
  try {
    yield* go(boom, n).join();
  } catch (error) {
    return `caught ${(error as Error).message}`;
  }
  return "it did not throw";
};

async function runs(): Promise<void> {
  await show(
    "without a handler",
    run(() => joins(4)),
  );
  const all = function* () {
    const other = go(slow, 100);
    return [yield* joins(5), yield* go(closure).join(), yield* go(nested).join(), yield* other.join()].join(", ");
  };
  await show("with one", run(all, { onPanic: tells }));
  await show(
    "that says run",
    run(() => joins(6), { onPanic: () => "run" }),
  );
}

if (isMainThread) {
  if (process.argv[2] === "runs") await runs();
  else await theDefaultRun();
  process.exit();
}
