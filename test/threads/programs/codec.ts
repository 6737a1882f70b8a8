/** A channel with a codec of its own, and parallel functions as values. */

import { isMainThread } from "node:worker_threads";
import { type Go, go, main, type RecvChan } from "millrace";
import { type Parallel, parallel, sharedChan } from "millrace/threads";

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

const codec = {
  encode: parallel(import.meta, "point.encode", (p: Point) => Float64Array.of(p.x, p.y)),
  decode: parallel(import.meta, "point.decode", (data: unknown) => {
    const [x = 0, y = 0] = data as Float64Array;
    return new Point(x, y);
  }),
};

const double = parallel(import.meta, "double", (n: number) => 2 * n);

const measure = parallel(
  import.meta,
  "measure",
  function* (points: RecvChan<Point>, then: Parallel<(n: number) => number>): Go<[number, boolean]> {
    return [then(((yield* points.recv()) as Point).length), isMainThread];
  },
);

main(function* () {
  const points = sharedChan<Point>(1, { codec });
  const g = go(measure, points, double);
  yield* points.send(new Point(3, 4));
  console.log(yield* g.join());
  yield* points.send(new Point(6, 8));
  const back = (yield* points.recv()) as Point;
  console.log(back instanceof Point, back.length);
});
