/** A number of bytes that all threads add to. */
export class Bytes {
  readonly #n: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#n = new BigInt64Array(memory);
  }

  add(n: number): void {
    Atomics.add(this.#n, 0, BigInt(n));
  }

  get total(): number {
    return Number(Atomics.load(this.#n, 0));
  }
}

/** What was done so far. Only what threads add to by themselves is shared; the rest is counted by the goroutines here. */
export class Tally {
  /** Files digested. */
  files = 0;
  /** What threads add the bytes to that they read, also of files that are not at their end yet. */
  readonly read: SharedArrayBuffer = new SharedArrayBuffer(8);
  /** Files and folders that could not be read. */
  errors = 0;
  /** Links and special files passed over. */
  skipped = 0;
  /** Files there are, as far as known. */
  total = 0;

  readonly #start: number = performance.now();

  /** Bytes read. */
  get bytes(): number {
    return new Bytes(this.read).total;
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** Millions of bytes a second. */
  get rate(): number {
    return this.bytes / 1e6 / Math.max(this.seconds, 1e-3);
  }

  /** How much, how fast. */
  volume(): string {
    return `${(this.bytes / 1e6).toFixed(1)} MB, ${this.rate.toFixed(1)} MB/s`;
  }

  /** The figures of the last line. */
  summary(): string {
    const done = `${count(this.files, "file")}, ${count(this.bytes, "byte")}`;
    const speed = `${this.seconds.toFixed(2)} s, ${this.rate.toFixed(1)} MB/s`;
    return `${done}, ${speed}, ${count(this.errors, "error")}, ${this.skipped} skipped`;
  }
}

export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
