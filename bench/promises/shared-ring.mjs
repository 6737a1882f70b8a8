/** A ring of numbers in shared memory; see shared-ring.ts. */

/** Words of the head: how many were sent, how many received, and behind each whether somebody sleeps until it changes. */
const SENT = 0;
const RECEIVED = 2;
const ASLEEP = 1;
const HEAD = 16;

export class Ring {
  /**
   * @param {number} capacity
   * @param {SharedArrayBuffer} memory
   */
  constructor(capacity, memory = new SharedArrayBuffer(HEAD + 8 * capacity)) {
    this.memory = memory;
    this.words = new Int32Array(memory, 0, HEAD / 4);
    this.values = new Float64Array(memory, HEAD);
    this.capacity = capacity;
  }

  /** @param {number} value */
  send(value) {
    const { words, values, capacity } = this;
    const sent = words[SENT] | 0;
    for (
      let got = Atomics.load(words, RECEIVED);
      ((sent - got) | 0) === capacity;
      got = Atomics.load(words, RECEIVED)
    ) {
      this.sleep(RECEIVED, got);
    }
    values[(sent >>> 0) % capacity] = value;
    this.tell(SENT, (sent + 1) | 0);
  }

  /** @returns {number} */
  recv() {
    const { words, values, capacity } = this;
    const received = words[RECEIVED] | 0;
    while (Atomics.load(words, SENT) === received) this.sleep(SENT, received);
    const value = values[(received >>> 0) % capacity];
    this.tell(RECEIVED, (received + 1) | 0);
    return value;
  }

  /**
   * @param {number} word
   * @param {number} seen
   */
  sleep(word, seen) {
    Atomics.store(this.words, word + ASLEEP, 1);
    Atomics.wait(this.words, word, seen);
    Atomics.store(this.words, word + ASLEEP, 0);
  }

  /**
   * @param {number} word
   * @param {number} value
   */
  tell(word, value) {
    Atomics.store(this.words, word, value);
    if (Atomics.load(this.words, word + ASLEEP) === 1) Atomics.notify(this.words, word);
  }
}
