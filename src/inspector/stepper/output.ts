/**
 * What the program writes while it makes a step, which is all that it does in that time: steps run on the caller's stack, so
 * nothing else writes between a step's beginning and its end.
 */

/** Sends what is written from now on to `write`, until the function that it gives is called. */
export type Capture = (write: (text: string) => void) => () => void;

/** The most that is kept. */
const KEPT = 1 << 18;

export class Output {
  text = "";
  readonly #capture: Capture;

  constructor(capture: Capture) {
    this.#capture = capture;
  }

  readonly write = (text: string): void => {
    this.text = (this.text + text).slice(-KEPT);
  };

  /** Calls `fn` and keeps what it writes. */
  during(fn: () => void): void {
    const back = this.#capture(this.write);
    try {
      fn();
    } finally {
      back();
    }
  }
}

interface Stream {
  write(chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean;
}

/** Of a process: its standard output and error. */
export const standardStreams: Capture = (write) => {
  const { stdout, stderr } = (globalThis as unknown as { process: { stdout: Stream; stderr: Stream } }).process;
  const undo = [stdout, stderr].map((stream) => captureStream(stream, write));
  return () => {
    for (const back of undo) back();
  };
};

function captureStream(stream: Stream, write: (text: string) => void): () => void {
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  stream.write = (chunk, encoding, done) => {
    write(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
    const called = typeof encoding === "function" ? encoding : done;
    if (typeof called === "function") queueMicrotask(() => called());
    return true;
  };
  return () => {
    if (own === undefined) delete (stream as Partial<Stream>).write;
    else Object.defineProperty(stream, "write", own);
  };
}
