/** What was acquired of a semaphore, of whatever kind: given back once, when it is disposed of. */

interface Semaphore {
  release(n: number): void;
}

export class Held implements Disposable {
  readonly #semaphore: Semaphore;
  #n: number;

  constructor(semaphore: Semaphore, n: number) {
    this.#semaphore = semaphore;
    this.#n = n;
  }

  [Symbol.dispose](): void {
    const n = this.#n;
    this.#n = 0;
    if (n > 0) this.#semaphore.release(n);
  }
}
