/**
 * Watches where a program's time goes (Go's `runtime/pprof`, and the scheduler's part of `runtime/metrics`).
 *
 * The listener copies numbers, as a recording does, and notes where goroutines wait. A place costs a few microseconds, so
 * places are noted within a budget: all of them in a program that waits now and then, some of them, chosen by time, in one
 * that waits a hundred thousand times a second. Counts and sums are of all waits.
 */
import { amount, checkOptions, flag } from "../runtime/args.ts";
import { listen, type RuntimeEvent } from "../runtime/events.ts";
import { monotonic } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { infoOfAll } from "../runtime/traceback.ts";
import { allRuns, Lanes } from "../trace/lanes.ts";
import { type Place, Places } from "../trace/places.ts";
import { keyOf } from "../trace/timeline.ts";
import { type CpuProfile, startCpu } from "./cpu.ts";
import { type Profile, TallyProfile } from "./profile.ts";
import { NOWHERE, Tally } from "./tally.ts";

/** Options of a `Profiler`. */
export interface ProfilerOptions {
  /** Sample what the processor does as well, where the host has a profiler; false by default. */
  readonly cpu?: boolean | undefined;
  /** How often that is, in milliseconds between two samples; 1 by default. */
  readonly interval?: number | undefined;
}

/** Frames of the program that are noted of a place. */
const DEPTH = 6;
/** The share of the time that may go into places, and how much of it may be saved up, in milliseconds. */
const SHARE = 0.05;
const SAVED = 100;
/** Goroutines of which stacks are read at the end. */
const MOST_STACKS = 10_000;

/**
 * Watches where the time of a program goes: what its goroutines wait for, for how long and at which lines; how long they
 * were ready before they ran; how full channels were; which locks were waited for, and who held them.
 *
 * All waits are counted. The lines of waits are noted within a twentieth of the time, so in a program that waits very often
 * each line's figures are its share of those. Of goroutines on other threads the functions are known, and not the lines. A
 * channel from before the start has no name. An asynchronous function counts as running until another does something.
 * Source: https://pkg.go.dev/runtime/pprof
 *
 * @example
 * ```ts
 * import { chan, go, run } from "millrace";
 * import { Profiler } from "millrace/pprof";
 * import { sleep } from "millrace/time";
 * const profiler = new Profiler();
 * profiler.start();
 * await run(function* () {
 *   const jobs = chan<number>(0, { name: "jobs" });
 *   go(function* worker() {
 *     for (let n = 0; n < 3; n++) yield* jobs.send(n);
 *   });
 *   for (let n = 0; n < 3; n++) {
 *     yield* jobs.recv();
 *     yield* sleep(5);
 *   }
 * });
 * const profile = profiler.stop();
 * const [slowest] = profile.waits.filter(({ goroutine }) => goroutine === "worker");
 * console.log(slowest?.reason, slowest?.on, slowest?.count); // chan send jobs 2
 * console.log(profile.channels[0]?.received); // 3
 * ```
 */
export class Profiler implements Disposable {
  readonly #cpu: boolean;
  readonly #interval: number;
  #places = new Places("", DEPTH);
  #tally = new Tally();
  #lanes: Lanes | null = null;
  #stopListening: () => void = () => {};
  #stopCpu: (() => CpuProfile) | null = null;
  #started = 0;
  /** Milliseconds that may go into places, as of `#saved`. */
  #budget = SAVED;
  #saved = 0;
  readonly #listener = (event: RuntimeEvent): void => this.#take(event);

  /**
   * Makes one that does not watch yet.
   *
   * @param options `cpu`, whether to sample the processor (false); `interval`, milliseconds between two samples (1)
   * @throws ArgumentError when `cpu` is not a boolean, or `interval` not between 0.05 and 1,000
   */
  constructor(options: ProfilerOptions = {}) {
    checkOptions("Profiler", options, "cpu, interval");
    const { cpu = false, interval = 1 } = options;
    this.#cpu = flag("Profiler: cpu", cpu);
    this.#interval = amount("Profiler: interval", interval, 0.05, 1_000);
  }

  /** Whether it watches. */
  get enabled(): boolean {
    return this.#lanes !== null;
  }

  /** Begins to watch. Does nothing if it does already. */
  start(): void {
    if (this.#lanes !== null) return;
    this.#places = new Places("", DEPTH);
    const tally = new Tally();
    this.#tally = tally;
    this.#started = this.#saved = monotonic();
    this.#budget = SAVED;
    for (const p of allRuns()) for (const g of p.allgs) tally.met(keyOf(p.id, g.id), g.name);
    this.#lanes = new Lanes(
      (thread) => tally.sink(thread),
      (entry, thread) => tally.take(entry, thread),
    );
    this.#stopListening = listen(this.#listener, { threads: true });
    if (this.#cpu) this.#stopCpu = startCpu(this.#interval);
  }

  #take(event: RuntimeEvent): void {
    const now = monotonic();
    const { thread = 0, time = now } = event as { readonly thread?: number; readonly time?: number };
    switch (event.kind) {
      case "go-create":
        this.#tally.started(keyOf(event.run, event.g), event.name, thread === 0 ? this.#here() : NOWHERE);
        break;
      case "chan-make":
        this.#tally.made(
          ...[thread, event.chan, time],
          { text: event.name ?? "", length: event.capacity },
          thread === 0 ? this.#here() : NOWHERE,
        );
        break;
      case "lock":
        // Handed over by who unlocked it: that one's frames are on the stack.
        if (m.curg !== null && m.curg.id !== event.g) break;
        this.#note(event, thread, time);
        break;
      case "go-park":
        this.#note(event, thread, time);
    }
    if ((this.#lanes as Lanes).push(event, now)) this.#lanes?.read();
  }

  #here(): Place {
    return this.#places.here(this.#listener);
  }

  #note({ run, g }: { readonly run: number; readonly g: number }, thread: number, time: number): void {
    if (thread !== 0) return;
    const now = monotonic();
    this.#budget = Math.min(SAVED, this.#budget + (now - this.#saved) * SHARE);
    this.#saved = now;
    if (this.#budget <= 0) return;
    this.#tally.note(keyOf(run, g), time, this.#here());
    this.#budget -= monotonic() - now;
  }

  [Symbol.dispose](): void {
    if (this.enabled) this.stop();
  }

  /**
   * Ends watching; what has not ended counts up to now. Never blocks.
   *
   * @returns what it saw
   * @throws Error when it does not watch
   */
  stop(): Profile {
    const lanes = this.#lanes;
    if (lanes === null) throw new Error("Profiler.stop: it was not started");
    this.#stopListening();
    const cpu = this.#stopCpu?.() ?? null;
    this.#stopCpu = null;
    this.#lanes = null;
    const now = monotonic();
    lanes.read();
    lanes.end(now);
    this.#tally.end(now);
    const goroutines = allRuns().flatMap((p) => infoOfAll(p).slice(0, MOST_STACKS));
    return new TallyProfile(this.#tally, { elapsed: now - this.#started, goroutines, cpu, places: this.#places });
  }
}
