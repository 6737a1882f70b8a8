/**
 * The sun and its giant planets, step by step, with the bodies shared out among threads: a step has two halves, and
 * nobody begins one before all have ended the last. The barrier between them is made of channels, of which each thread
 * has its own to get leave from: with one for all, a quick thread could take the leave of a slow one and go on twice.
 *
 *     npx millrace run examples/threads/n-body.ts -- 10000
 */
import { type Go, go, main, type RecvChan, runtime, type SendChan } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

/** Numbers a body: position, velocity, mass. */
const BODY = 7;
const STEP = 0.01;
const SOLAR_MASS = 4 * Math.PI * Math.PI;
const DAYS = 365.24;

/** A thread that has come to the barrier says so on `arrived` and waits for its leave. */
interface Barrier {
  readonly arrived: SendChan<number>;
  readonly leave: RecvChan<number>;
}

function* pass({ arrived, leave }: Barrier): Go<void> {
  yield* arrived.send(0);
  yield* leave.recv();
}

/** Moves the bodies from `first` up to but not including `last`, that many steps. */
export const move = parallel(
  import.meta,
  "move",
  function* (shared: SharedArrayBuffer, first: number, last: number, steps: number, barrier: Barrier): Go<void> {
    const all = new Float64Array(shared);
    for (let step = 0; step < steps; step++) {
      for (let i = first; i < last; i++) pull(all, i);
      yield* pass(barrier); // all velocities are new, nothing has moved
      for (let i = first; i < last; i++)
        for (let axis = 0; axis < 3; axis++) all[i * BODY + axis]! += STEP * all[i * BODY + 3 + axis]!;
      yield* pass(barrier); // everything has moved
    }
  },
);

/** Changes the velocity of a body by what all others pull. */
function pull(all: Float64Array, i: number): void {
  const at = i * BODY;
  for (let j = 0; j < all.length; j += BODY) {
    if (j === at) continue;
    const [dx, dy, dz] = [all[at]! - all[j]!, all[at + 1]! - all[j + 1]!, all[at + 2]! - all[j + 2]!];
    const square = dx * dx + dy * dy + dz * dz;
    const strength = (all[j + 6]! * STEP) / (square * Math.sqrt(square));
    all[at + 3]! -= dx * strength;
    all[at + 4]! -= dy * strength;
    all[at + 5]! -= dz * strength;
  }
}

function energy(all: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < all.length; i += BODY) {
    sum += 0.5 * all[i + 6]! * (all[i + 3]! ** 2 + all[i + 4]! ** 2 + all[i + 5]! ** 2);
    for (let j = i + BODY; j < all.length; j += BODY) {
      const distance = Math.hypot(all[i]! - all[j]!, all[i + 1]! - all[j + 1]!, all[i + 2]! - all[j + 2]!);
      sum -= (all[i + 6]! * all[j + 6]!) / distance;
    }
  }
  return sum;
}

/** Positions in astronomical units, velocities in those a day, masses in that of the sun. */
const BODIES = [
  [0, 0, 0, 0, 0, 0, 1],
  [
    4.841431442464721, -1.1603200440274284, -0.10362204447112311, 0.001660076642744037, 0.007699011184197404,
    -0.000069046001697206302, 0.0009547919384243266,
  ],
  [
    8.34336671824458, 4.124798564124305, -0.4035234171143214, -0.0027674251072641117, 0.004998528012349172,
    0.000023041729757376393, 0.0002858859806661308,
  ],
  [
    12.894369562139131, -15.111151401698631, -0.22330757889265573, 0.002964601375647616, 0.0023784717395948095,
    -0.000029658956854023756, 0.00004366244043351563,
  ],
  [
    15.379697114850917, -25.919314609987964, 0.17925877295037118, 0.0026806777249038932, 0.001628241700382423,
    -0.000095159225451971587, 0.000051513890204661145,
  ],
];

/** The bodies as one array, with the sun moving so that all together rest. */
function bodies(): Float64Array {
  const all = new Float64Array(new SharedArrayBuffer(BODIES.length * BODY * 8));
  BODIES.forEach((body, i) => {
    all.set(
      body.map((n, k) => (k < 3 ? n : k < 6 ? n * DAYS : n * SOLAR_MASS)),
      i * BODY,
    );
  });
  for (let axis = 3; axis < 6; axis++) {
    let momentum = 0;
    for (let i = 0; i < all.length; i += BODY) momentum += all[i + axis]! * all[i + 6]!;
    all[axis] = -momentum / SOLAR_MASS;
  }
  return all;
}

main(function* () {
  const steps = Number(process.argv[2] ?? 1000);
  if (!Number.isSafeInteger(steps) || steps < 0)
    throw new RangeError(`expected how many steps, got ${process.argv[2]}`);
  const all = bodies();
  console.log(energy(all).toFixed(9));

  const workers = Math.min(runtime.gomaxprocs(), BODIES.length);
  const arrived = sharedChan<number>(workers, { name: "arrived" });
  const leaves = Array.from({ length: workers }, (_, i) => sharedChan<number>(1, { name: `leave of ${i}` }));
  const threads = [];
  for (let i = 0; i < workers; i++) {
    const [first, last] = [i, i + 1].map((k) => Math.round((k * BODIES.length) / workers)) as [number, number];
    threads.push(go(move, all.buffer as SharedArrayBuffer, first, last, steps, { arrived, leave: leaves[i]! }));
  }
  for (let half = 0; half < 2 * steps; half++) {
    for (let i = 0; i < workers; i++) yield* arrived.recv();
    for (const leave of leaves) yield* leave.send(0);
  }
  for (const thread of threads) yield* thread.join();
  console.log(energy(all).toFixed(9));
});
