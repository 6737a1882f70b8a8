/**
 * The stretches of one goroutine's track, and what of them can be seen at a resolution.
 *
 * Two numbers a stretch, in one array: where it starts, and its label and kind. It ends where the next one starts, and
 * the last at `#end`; where nothing is known there is a stretch of the kind GAP. So any moment is found by binary
 * search, and what is finer than a pixel is passed over by doubling steps: a drawing costs its width times the logarithm
 * of what is under a pixel. Rejected: levels of detail, precomputed. They take a third more memory and work for each
 * stretch, drawn or not, to save the logarithm.
 */
export const RUNNING = 0;
export const RUNNABLE = 1;
export const BLOCKED = 2;
/** In a drawing: several, too fine to tell apart. */
const MIXED = 3;
/** In the array: nothing is known. */
const GAP = 3;

export class Spans {
  #data: number[] = [];
  #head = 0;
  #end = Number.NEGATIVE_INFINITY;

  get length(): number {
    return this.#data.length / 2 - this.#head;
  }

  get begin(): number {
    return this.length === 0 ? this.#end : this.#start(this.#head);
  }

  get end(): number {
    return this.#end;
  }

  #start(i: number): number {
    return this.#data[2 * i] as number;
  }

  #stop(i: number): number {
    return 2 * (i + 1) < this.#data.length ? this.#start(i + 1) : this.#end;
  }

  /** Adds a stretch, which is not before the last. Gives how many numbers more there are now. */
  add(start: number, end: number, kind: number, label: number): number {
    const before = this.#data.length;
    if (start > this.#end && before > 0) this.#data.push(this.#end, GAP);
    this.#data.push(Math.max(start, this.#end), label * 4 + kind);
    this.#end = Math.max(end, this.#end);
    return (this.#data.length - before) / 2;
  }

  /** Forgets what ended before `time`. Gives how many stretches that were. */
  forget(time: number): number {
    const from = Math.min(this.#after(time), this.#data.length / 2);
    const forgotten = from - this.#head;
    this.#head = from;
    if (this.#head * 4 > this.#data.length) {
      this.#data = this.#data.slice(this.#head * 2);
      this.#head = 0;
    }
    return forgotten;
  }

  /** The first stretch that ends after `time`. */
  #after(time: number): number {
    let low = this.#head;
    let high = this.#data.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#stop(middle) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The first stretch from `i` on that starts at `time` or later. */
  #from(i: number, time: number): number {
    const length = this.#data.length / 2;
    let step = 1;
    let low = i;
    while (low + step < length && this.#start(low + step) < time) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, length);
    low++;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start(middle) >= time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Gives to `take` what there is to see from `from` to `to` where `pixel` is the shortest time that shows. */
  draw(
    from: number,
    to: number,
    pixel: number,
    take: (start: number, end: number, kind: number, label: number) => void,
  ): void {
    const length = this.#data.length / 2;
    let mixedFrom = 0;
    let mixedTo = Number.NEGATIVE_INFINITY;
    const flush = (): void => {
      if (mixedTo > mixedFrom) take(mixedFrom, mixedTo, MIXED, 0);
      mixedTo = Number.NEGATIVE_INFINITY;
    };
    for (let i = this.#after(from); i < length; ) {
      const start = this.#start(i);
      if (start >= to) break;
      const code = this.#data[2 * i + 1] as number;
      if (code % 4 === GAP) {
        i++;
        continue;
      }
      const end = this.#stop(i);
      const next = end - start >= pixel ? i + 1 : this.#from(i, start + pixel);
      // The last of them may be long: it is for the next round.
      const last = next - 1;
      const upTo = last > i && this.#stop(last) - this.#start(last) >= pixel ? last : next;
      if (upTo === i + 1) {
        flush();
        take(Math.max(start, from), Math.min(end, to), code % 4, Math.floor(code / 4));
      } else {
        const mixedEnd = Math.min(this.#stop(upTo - 1), to);
        if (start - mixedTo > pixel) {
          flush();
          mixedFrom = Math.max(start, from);
        }
        mixedTo = mixedEnd;
      }
      i = upTo;
    }
    flush();
  }
}
