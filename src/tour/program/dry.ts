/**
 * Whether anything that the host still has to do can wake a goroutine. Node tells when its event loop has run dry; a
 * browser does not, so what a program can wait for outside of the library is counted: timers and requests.
 *
 * Invariant: `#pending` is how many of them are under way. Those of the library's own clock are among them.
 */
import { macrotask } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";

type Callback = (...args: unknown[]) => void;

/** Promises that are settled already, and messages on their way, get this many turns. */
const TURNS = 3;

interface Host {
  setTimeout(fn: Callback, ms?: number, ...args: unknown[]): number;
  clearTimeout(timer?: number): void;
  setInterval(fn: Callback, ms?: number, ...args: unknown[]): number;
  clearInterval(timer?: number): void;
  fetch(...args: unknown[]): Promise<unknown>;
}

export class DryWatch {
  #p: P | null = null;
  readonly #timers = new Set<number>();
  #pending = 0;
  #looking = false;

  /** From now on; to be called before the program is loaded. */
  constructor() {
    const host = globalThis as unknown as Host;
    const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = host;
    const ended = (timer: number | undefined): void => {
      if (timer !== undefined && this.#timers.delete(timer)) this.#settled();
    };
    host.setTimeout = (fn, ms, ...args) => {
      const timer = setTimeout(() => {
        try {
          fn(...args);
        } finally {
          ended(timer);
        }
      }, ms);
      return this.#began(timer);
    };
    host.setInterval = (fn, ms, ...args) => this.#began(setInterval(fn, ms, ...args));
    host.clearTimeout = (timer) => {
      clearTimeout(timer);
      ended(timer);
    };
    host.clearInterval = (timer) => {
      clearInterval(timer);
      ended(timer);
    };
    host.fetch = (...args) => {
      this.#pending++;
      return fetch(...args).finally(() => this.#settled());
    };
  }

  /** Tells `p` when nothing can wake anyone any more. */
  watch(p: P): void {
    this.#p = p;
    const { idle } = p;
    p.idle = () => {
      idle?.();
      this.#look();
    };
    this.#look();
  }

  #began(timer: number): number {
    this.#timers.add(timer);
    this.#pending++;
    return timer;
  }

  #settled(): void {
    this.#pending--;
    this.#look();
  }

  #look(turns = TURNS): void {
    const p = this.#p;
    if (p === null || p.over || (turns === TURNS && this.#looking)) return;
    this.#looking = true;
    macrotask(() => {
      if (p.over || p.busy || m.owesHost || this.#pending > 0) this.#looking = false;
      else if (turns > 1) this.#look(turns - 1);
      else {
        this.#looking = false;
        p.dry();
      }
    });
  }
}
