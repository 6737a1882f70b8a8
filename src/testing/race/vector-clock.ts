/**
 * Vector clocks: what each goroutine can know of what the others did.
 *
 * A goroutine has a time of its own, which moves on whenever it hands something over, and for each other goroutine the
 * time up to which it has heard of it. An access at time `t` of goroutine `a` comes before whatever `b` does once `b` has
 * heard of `a` up to `t`; if it has not, nothing orders the two.
 */

export type Clock = number[];

export class Thread {
  /** Its place in clocks. */
  readonly at: number;
  readonly id: number;
  readonly clock: Clock;
  /** Through what it last heard of each other. */
  readonly via: (string | undefined)[] = [];
  /** What it is parked on. */
  reason = "";

  constructor(at: number, id: number) {
    this.at = at;
    this.id = id;
    this.clock = [];
    this.clock[at] = 1;
  }

  get now(): number {
    return this.clock[this.at] as number;
  }

  /** Hears of all that `clock` knows. */
  acquire(clock: Clock, via: string): void {
    for (let i = 0; i < clock.length; i++) {
      const time = clock[i];
      if (time === undefined || time <= (this.clock[i] ?? 0)) continue;
      this.clock[i] = time;
      this.via[i] = via;
    }
  }

  /** Hands over all it knows; what it does from now on is not part of that. */
  release(into: Clock = []): Clock {
    join(into, this.clock);
    this.clock[this.at] = this.now + 1;
    return into;
  }

  /** Whether it has heard of what the thread at `at` did at `time`. */
  knows(at: number, time: number): boolean {
    return (this.clock[at] ?? 0) >= time;
  }
}

function join(into: Clock, clock: Clock): void {
  for (let i = 0; i < clock.length; i++) {
    const time = clock[i];
    if (time !== undefined && time > (into[i] ?? 0)) into[i] = time;
  }
}
