/** A channel with a way of its own to send values, which other threads know by the names of its functions. */
import { type Go, go, main } from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

const encode = parallel(import.meta, "encode", ({ x, y }: Point) => [x, y]);
const decode = parallel(import.meta, "decode", (data: unknown) => new Point(...(data as [number, number])));

const mirror = parallel(import.meta, "mirror", function* (from: SharedChan<Point>, to: SharedChan<Point>): Go {
  const p = (yield* from.recv()) as Point;
  yield* to.send(new Point(p.y, p instanceof Point ? p.x : -1));
});

main(function* () {
  const [there, back] = [
    sharedChan<Point>(0, { codec: { encode, decode } }),
    sharedChan<Point>(1, { codec: { encode, decode } }),
  ];
  go(mirror, there as never, back as never);
  yield* there.send(new Point(1, 2));
  const p = yield* back.recv();
  console.log(p instanceof Point, p);
  try {
    sharedChan<Point>(0, { codec: { encode: (v) => v, decode: (v) => v as Point } });
  } catch (error) {
    console.log((error as Error).message);
  }
});
