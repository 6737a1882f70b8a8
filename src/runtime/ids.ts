/** The numbers of a run's goroutines, from 1 up: no two get the same, also where several threads have a part of the run. */
export class Ids {
  #last = 0;
  #end = Number.MAX_SAFE_INTEGER;
  #more: (() => number) | null = null;

  next(): number {
    if (this.#last === this.#end) this.#last = (this.#more as () => number)();
    return ++this.#last;
  }

  /**
   * From now on numbers come in batches of `size`, because other threads take from the same: `more` gives the last number
   * before the next batch. Gives the last number used.
   */
  share(size: number, more: () => number): number {
    const last = this.#last;
    this.#end = last;
    this.#more = () => {
      const before = more();
      this.#end = before + size;
      return before;
    };
    return last;
  }
}
