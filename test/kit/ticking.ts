/** A clock for tests, in the place of `performance.now`. To be imported first: the runtime takes its clock once. */
const real = performance.now.bind(performance);
let clock: (() => number) | null = null;
performance.now = () => (clock === null ? real() : clock());

/** Makes the monotonic clock move on by `step` milliseconds each time it is read. */
export function tickingClock(step: number): { now: number } {
  const ticking = { now: 1_000 };
  clock = () => {
    ticking.now += step;
    return ticking.now;
  };
  return ticking;
}

/** The host's clock again. */
export function hostClock(): void {
  clock = null;
}
