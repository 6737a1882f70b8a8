/**
 * The Mandelbrot set on every core, as a PNG file: each band of rows is a goroutine on whichever thread is free.
 *
 *     npx millrace run examples/threads/mandelbrot.ts -- mandelbrot.png 1200
 */
import { writeFile } from "node:fs/promises";
import { encode } from "fast-png";
import { go, main, wait } from "millrace";
import { parallel } from "millrace/threads";

const ITERATIONS = 500;
const ROWS = 16;

/** The grey values of the rows from `top` up to but not including `bottom`, of a picture of that many pixels. */
export const band = parallel(
  import.meta,
  "band",
  (top: number, bottom: number, width: number, height: number): Uint8Array => {
    const pixels = new Uint8Array((bottom - top) * width);
    const scale = 3 / width;
    for (let y = top, at = 0; y < bottom; y++) {
      for (let x = 0; x < width; x++) pixels[at++] = shade((x - width * 0.72) * scale, (y - height / 2) * scale);
    }
    return pixels;
  },
);

/** Black inside of the set, lighter the longer it takes to leave. */
function shade(a: number, b: number): number {
  let [x, y] = [0, 0];
  for (let i = 0; i < ITERATIONS; i++) {
    const [xx, yy] = [x * x, y * y];
    if (xx + yy > 4) return 55 + Math.min(200, Math.round(34 * Math.log2(i + 1)));
    y = 2 * x * y + b;
    x = xx - yy + a;
  }
  return 0;
}

main(function* () {
  const [file = "mandelbrot.png", size = "600"] = process.argv.slice(2);
  const width = Number(size);
  if (!Number.isSafeInteger(width) || width < 3)
    throw new RangeError(`expected a width in pixels from 3 up, got ${size}`);
  const height = Math.round((width * 2) / 3);

  const bands = [];
  for (let top = 0; top < height; top += ROWS) bands.push(go(band, top, Math.min(top + ROWS, height), width, height));
  const data = new Uint8Array(width * height);
  for (let i = 0; i < bands.length; i++) data.set(yield* bands[i]!.join(), i * ROWS * width);

  yield* wait(writeFile(file, encode({ width, height, data, channels: 1 })));
  console.log(`${file}: ${width} × ${height}, ${bands.length} bands`);
});
