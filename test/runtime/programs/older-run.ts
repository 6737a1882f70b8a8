// The newer run waits for the older one, in every way there is; only the older one is deadlocked.
import { chan, run, select, wait } from "millrace";

const stuck = run(function* () {
  yield* chan<number>().recv();
});
const name = (error: unknown): string => (error as Error).name;

const waiting = [
  run(function* () {
    try {
      yield* wait(stuck);
    } catch (error) {
      return `wait: ${name(error)}`;
    }
    return "";
  }),
  run(async () => stuck.catch((error: unknown) => `await: ${name(error)}`)),
  run(function* () {
    try {
      yield* select({ stuck: wait(stuck), never: chan<number>().recv() });
    } catch (error) {
      return `select: ${name(error)}`;
    }
    return "";
  }),
];
console.log((await Promise.all(waiting)).join("\n"));
