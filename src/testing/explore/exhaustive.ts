/**
 * Every schedule, except those that only reorder independent steps: depth-first search with dynamic partial-order
 * reduction (source sets) and sleep sets.
 *
 * The stack of nodes is the schedule of the run that was made last; a run follows it and goes on with the first choice
 * there is. Where two steps of that run race, the node before the first gets another option to try (`back`), and only
 * then. An option that was tried goes to sleep, and stays asleep along other options until a step that depends on it: what
 * would follow was seen already.
 *
 * Invariants: `back` holds options that have to be tried, among them those that were; when a node is left, each was, or
 * slept. Nodes below `depth` are what the present run has followed.
 *
 * The choices of a step (which ready case, which random number) are nodes of their own, and all are tried. The clock is
 * tried wherever it is an option: a step can take a timer away, and such a race would not show.
 *
 * Source: Abdulla, Aronsson, Jonsson, Sagonas, "Optimal dynamic partial order reduction", POPL 2014.
 */
import { type Chooser, CLOCK } from "./chooser.ts";
import { type Footprint, independent, Trace, union, within } from "./trace.ts";

/** A random number of more values than this is tried with the least, the middle and the greatest. */
const VALUES = 16;

interface Sleeper {
  readonly who: number;
  readonly footprint: Footprint;
}

/** Who makes a step. */
interface Turn {
  readonly kind: "turn";
  readonly step: number;
  readonly options: readonly number[];
  who: number;
  readonly back: number[];
  readonly sleep: Sleeper[];
  /** What the step touched, in all runs in which `who` made it. */
  footprint: Footprint;
}

/** A choice inside a step. */
interface Draw {
  readonly kind: "draw";
  readonly step: number;
  readonly n: number;
  value: number;
  /** The last value that came to the same. */
  upTo: number;
}

export class Exhaustive implements Chooser {
  readonly watcher: Trace = new Trace();
  /** The program did not do what it did in the same situation before. */
  diverged = false;
  /** The present run is one that was seen already. */
  redundant = false;
  readonly #reduce: boolean;
  readonly #nodes: (Turn | Draw)[] = [];
  /** The node of each step, where it has one. */
  readonly #turns: (Turn | undefined)[] = [];
  /** The last step that has a node in the present run. */
  #at = -1;
  #depth = 0;
  #from = 0;
  #latest: Turn | null = null;

  /** @param reduce leaves out schedules that only reorder independent steps */
  constructor(reduce: boolean) {
    this.#reduce = reduce;
    this.watcher.raced = (a, b) => this.#raced(a, b);
  }

  /** To be called before each run. */
  begin(): void {
    this.#depth = 0;
    this.#latest = null;
    this.#at = -1;
    this.diverged = this.redundant = false;
    this.watcher.reset(this.#from);
  }

  next(options: readonly number[]): number {
    if (this.redundant || this.diverged) return -1;
    const step = this.watcher.length;
    const node = this.#nodes[this.#depth] ?? this.#turn(options, step);
    if (node === null) {
      this.redundant = true;
      return -1;
    }
    if (node.kind !== "turn" || node.step !== step || !same(node.options, options)) {
      this.diverged = true;
      return -1;
    }
    this.#nodes[this.#depth++] = node;
    this.#latest = node;
    // Where the clock went on by itself there is none.
    while (++this.#at < step) this.#turns[this.#at] = undefined;
    this.#turns[step] = node;
    return options.indexOf(node.who);
  }

  #turn(given: readonly number[], step: number): Turn | null {
    const options = [...given];
    const sleep = this.#reduce ? this.#asleep(step) : [];
    const who = options.find((each) => !sleep.some((sleeper) => sleeper.who === each));
    if (who === undefined) return null;
    const back = this.#reduce ? [who] : options;
    if (who !== CLOCK && this.#reduce && options.includes(CLOCK)) back.push(CLOCK);
    return { kind: "turn", step, options, who, back: [...back], sleep, footprint: [] };
  }

  /** Who sleeps on after the steps since the node before. */
  #asleep(step: number): Sleeper[] {
    const latest = this.#latest;
    if (latest === null) return [];
    const { footprints } = this.watcher;
    return latest.sleep.filter(({ who, footprint }) => {
      if (who === latest.who) return false;
      for (let at = latest.step; at < step; at++)
        if (!independent(footprint, footprints[at] as Footprint)) return false;
      return true;
    });
  }

  start(n: number): number {
    return this.#draw(n);
  }

  started(start: number, taken: number, n: number): void {
    const node = this.#nodes[this.#drawn.pop() as number] as Draw | undefined;
    if (node === undefined) return;
    node.upTo = Math.min(taken, n - 1);
    // Those before `start` were tried: one of them was taken, once more.
    if (taken >= n && start > 0) this.redundant = true;
  }

  /** The nodes of the selects that are choosing, innermost last. */
  readonly #drawn: number[] = [];

  below(n: number): number {
    if (n <= VALUES) {
      const value = this.#draw(n);
      this.#drawn.pop();
      return value;
    }
    const value = [0, n >> 1, n - 1][this.#draw(3)] as number;
    this.#drawn.pop();
    return value;
  }

  #draw(n: number): number {
    const depth = this.#depth++;
    const step = this.watcher.length;
    const node = this.#nodes[depth];
    this.#drawn.push(depth);
    if (node === undefined) {
      this.#nodes.push({ kind: "draw", step, n, value: 0, upTo: 0 });
      return 0;
    }
    if (node.kind === "draw" && node.n === n) return node.value;
    this.diverged = true;
    return 0;
  }

  /** Steps `a` and `b` race: what would have been if `b` had come first has to be tried. */
  #raced(a: number, b: number): void {
    const node = this.#turns[a];
    const trace = this.watcher;
    // The clock goes on by itself only when nobody can do anything: nothing can be put before or behind that.
    if (!this.#reduce || node === undefined || b > this.#at || this.#turns[b] === undefined) return;
    // What can be the first of the steps that lead to `b` without `a`. They do what they did, because they do not follow
    // `a`. What `b` would do instead nobody knows, so it counts only where it is the only one.
    const initials: number[] = [];
    const between: number[] = [];
    for (let at = a + 1; at < b; at++) {
      if (trace.precedes(a, at)) continue;
      const who = trace.who[at] as number;
      const first = !between.some((each) => trace.who[each] === who || trace.precedes(each, at));
      between.push(at);
      if (first) initials.push(who);
    }
    const alone = initials.length === 0;
    if (alone) initials.push(trace.who[b] as number);
    if (initials.some((who) => node.back.includes(who))) return;
    const sleeper = node.sleep.find(({ who }) => initials.includes(who));
    // One that sleeps was tried; but if it did more then than now, others may have to come before that.
    if (sleeper !== undefined && (!alone || within(sleeper.footprint, trace.footprints[b] as Footprint))) return;
    const candidate = sleeper === undefined ? initials.find((who) => node.options.includes(who)) : undefined;
    if (candidate !== undefined) node.back.push(candidate);
    else for (const each of node.options) if (!node.back.includes(each)) node.back.push(each);
  }

  /**
   * Which part of the tree of choices is done, from 0 to 1, if all that is below options of one node is alike. Which options
   * have to be tried is learnt on the way, so it may shrink.
   */
  get done(): number {
    let done = 0;
    let share = 1;
    for (const node of this.#nodes) {
      const [tried, all] = node.kind === "draw" ? [node.value, node.n] : [node.sleep.length, node.back.length];
      const parts = Math.max(all, tried + 1);
      done += (share * tried) / parts;
      share /= parts;
    }
    return done;
  }

  /** Goes on to the next schedule; `false` when there is none. To be called after each run. */
  advance(): boolean {
    const { footprints, length } = this.watcher;
    for (const node of this.#nodes) {
      if (node.kind === "turn" && node.step >= this.#from && node.step < length) {
        node.footprint = union(node.footprint, footprints[node.step] as Footprint);
      }
    }
    this.#drawn.length = 0;
    // What the others would have done first shows no race, because they have not done it.
    const last = length - 1 === this.#at ? this.#turns[this.#at] : undefined;
    if (this.watcher.broken && last !== undefined) {
      for (const each of last.options) if (!last.back.includes(each)) last.back.push(each);
    }
    const nodes = this.#nodes;
    for (let node = nodes.at(-1); node !== undefined; node = nodes.at(-1)) {
      if (node.kind === "draw") {
        node.value = node.upTo = Math.max(node.value, node.upTo) + 1;
        if (node.value < node.n) return this.#resume(node.step);
      } else {
        const { sleep, back, who, footprint } = node;
        sleep.push({ who, footprint });
        const next = back.find((each) => !sleep.some((sleeper) => sleeper.who === each));
        if (next !== undefined) {
          node.who = next;
          node.footprint = [];
          return this.#resume(node.step);
        }
      }
      nodes.pop();
    }
    return false;
  }

  #resume(step: number): true {
    this.#from = step;
    return true;
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
