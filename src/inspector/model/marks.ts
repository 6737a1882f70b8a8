/**
 * Arrows and marks of the timeline: the latest, in rings of numbers.
 *
 * Both come in the order of the moment at which they are known, which for an arrow is its end.
 */

const MOST = 100_000;

/** Rows of `stride` numbers, of which the first is when it was known. */
class Ring {
  readonly #stride: number;
  #data: Float64Array;
  #count = 0;

  constructor(stride: number) {
    this.#stride = stride;
    this.#data = new Float64Array(stride * 64);
  }

  get #room(): number {
    return this.#data.length / this.#stride;
  }

  add(row: readonly number[]): void {
    if (this.#count === this.#room && this.#room < MOST) {
      const grown = new Float64Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(row, (this.#count++ % this.#room) * this.#stride);
  }

  /** Calls `take` with the place of each row known from `from` on, oldest first, until it says that it is enough. */
  since(from: number, take: (data: Float64Array, at: number) => boolean): void {
    const length = Math.min(this.#count, this.#room);
    const first = this.#count - length;
    const place = (i: number): number => ((first + i) % this.#room) * this.#stride;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#data[place(middle)] as number) < from) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < length && take(this.#data, place(i)); i++);
  }
}

export interface Arrow {
  readonly from: number;
  readonly at: number;
  readonly to: number;
  readonly until: number;
  readonly label: number;
}

export interface Mark {
  readonly key: number;
  readonly at: number;
  readonly kind: number;
  readonly label: number;
}

export class Marks {
  readonly #arrows = new Ring(5);
  readonly #marks = new Ring(4);

  arrow({ from, at, to, until, label }: Arrow): void {
    this.#arrows.add([until, from, at, to, label]);
  }

  mark({ key, at, kind, label }: Mark): void {
    this.#marks.add([at, key, kind, label]);
  }

  /** Arrows that are between `from` and `to` in part, of those that `wanted` says. At most `most`, evenly thinned. */
  arrows(from: number, to: number, most: number, wanted: (key: number) => boolean): Thinned<Arrow> {
    const found: Arrow[] = [];
    this.#arrows.since(from, (data, i) => {
      const [until, key, at, other, label] = data.subarray(i, i + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (at <= to && wanted(key) && wanted(other)) found.push({ from: key, at, to: other, until, label });
      return until <= to || found.length < most * 20;
    });
    return thin(found, most);
  }

  marks(from: number, to: number, most: number, wanted: (key: number) => boolean): Thinned<Mark> {
    const found: Mark[] = [];
    this.#marks.since(from, (data, i) => {
      const [at, key, kind, label] = data.subarray(i, i + 4) as unknown as [number, number, number, number];
      if (at > to) return false;
      if (wanted(key)) found.push({ key, at, kind, label });
      return true;
    });
    return thin(found, most);
  }
}

export interface Thinned<T> {
  readonly shown: readonly T[];
  readonly thinned: boolean;
}

function thin<T>(all: readonly T[], most: number): Thinned<T> {
  if (all.length <= most) return { shown: all, thinned: false };
  const step = all.length / most;
  return { shown: Array.from({ length: most }, (_, i) => all[Math.floor(i * step)] as T), thinned: true };
}
