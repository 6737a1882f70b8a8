/** Threads go with the run that started them, so all calls of a program that needs them share one run. */
import { type Go, run, runtime, wait } from "millrace";
import type { Program } from "../program.ts";

interface Call {
  readonly n: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A program whose calls are bodies of one run, which has `threads` threads and ends with the process. */
export function onThreads(threads: number, body: (n: number) => Go): Program {
  let next: ((call: Call) => void) | undefined;
  function* calls(first: Call): Go {
    for (let call = first; ; ) {
      const { n, resolve, reject } = call;
      const another = new Promise<Call>((resolve) => {
        next = resolve;
      });
      try {
        yield* body(n);
        resolve();
      } catch (error) {
        reject(error);
      }
      call = yield* wait(another);
    }
  }
  return (n) =>
    new Promise<void>((resolve, reject) => {
      const call: Call = { n, resolve, reject };
      if (next) return next(call);
      runtime.gomaxprocs(threads);
      run(() => calls(call)).catch(reject);
    });
}
