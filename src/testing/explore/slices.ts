/** Long work in slices of time, with a turn of the host between two. */
import { monotonic } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";

/** Work that yields now and then, at which the host may have its turn. */
export type Work<T> = Generator<undefined, T, void>;

/** Milliseconds after which the host has its turn. */
const SLICE = 8;

/** Said to the machine, so that no clock takes the program for stuck meanwhile. */
export const turn = (): Promise<void> => new Promise((resolve) => m.afterHost(resolve));

/** Does `work` until it is done or `signal` aborts; `told` is called before each turn of the host. */
export async function inSlices<T>(work: Work<T>, signal?: AbortSignal, told?: () => void): Promise<T> {
  try {
    for (let until = monotonic() + SLICE; ; ) {
      const next = work.next();
      if (next.done === true) return next.value;
      if (monotonic() < until) continue;
      told?.();
      await turn();
      signal?.throwIfAborted();
      until = monotonic() + SLICE;
    }
  } finally {
    work.return(undefined as never); // what it was about is put in order
  }
}
