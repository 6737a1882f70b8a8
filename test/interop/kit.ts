/** What the tests of `millrace/interop` are written with: sources of each kind that say what happens to them. */
import { Readable } from "node:stream";
import { fromIterable, fromReadable, type Source, type SourceOptions } from "millrace/interop";

/** A source of 0, 1, 2, …, and what it was asked for and told. */
export interface Numbers {
  /** How many values were asked for. */
  asked: number;
  /** How often it was told to let go. */
  released: number;
  /** It has ended or failed, by itself or because it was let go of. */
  readonly over: boolean;
  from(options?: SourceOptions): Source<number>;
}

/** How the numbers end: after `count` of them, with `error` where there is one. */
export interface End {
  readonly count?: number;
  readonly error?: unknown;
}

type Kind = (end?: End) => Numbers;

const iterable: Kind = ({ count = Infinity, error } = {}) => {
  const numbers = {
    asked: 0,
    released: 0,
    over: false,
    from: (options?: SourceOptions) => fromIterable({ [Symbol.iterator]: () => iterator }, options),
  };
  const iterator: Iterator<number> = {
    next() {
      if (numbers.asked++ < count) return { done: false, value: numbers.asked - 1 };
      numbers.over = true;
      if (error !== undefined) throw error;
      return { done: true, value: undefined };
    },
    return() {
      numbers.released++;
      numbers.over = true;
      return { done: true, value: undefined };
    },
  };
  return numbers;
};

const asyncIterable: Kind = ({ count = Infinity, error } = {}) => {
  const numbers = {
    asked: 0,
    released: 0,
    over: false,
    from: (options?: SourceOptions) => fromIterable({ [Symbol.asyncIterator]: () => iterator }, options),
  };
  const iterator: AsyncIterator<number> = {
    async next() {
      if (numbers.asked++ < count) return { done: false, value: numbers.asked - 1 };
      numbers.over = true;
      if (error !== undefined) throw error;
      return { done: true, value: undefined };
    },
    async return() {
      numbers.released++;
      numbers.over = true;
      return { done: true, value: undefined };
    },
  };
  return numbers;
};

const generator: Kind = ({ count = Infinity, error } = {}) => {
  const numbers = { asked: 0, released: 0, over: false, from: (o?: SourceOptions) => fromIterable(values(), o) };
  async function* values() {
    let ended = false;
    try {
      while (numbers.asked++ < count) {
        await null;
        yield numbers.asked - 1;
      }
      ended = true;
      if (error !== undefined) throw error;
    } finally {
      if (!ended) numbers.released++;
      numbers.over = true;
    }
  }
  return numbers;
};

const web: Kind = ({ count = Infinity, error } = {}) => {
  const stream = new ReadableStream<number>(
    {
      pull(controller) {
        if (numbers.asked++ < count) controller.enqueue(numbers.asked - 1);
        else {
          numbers.over = true;
          if (error === undefined) controller.close();
          else controller.error(error);
        }
      },
      cancel() {
        numbers.released++;
        numbers.over = true;
      },
    },
    { highWaterMark: 0 },
  );
  const numbers = { asked: 0, released: 0, over: false, from: (o?: SourceOptions) => fromReadable(stream, o) };
  return numbers;
};

const node: Kind = ({ count = Infinity, error } = {}) => {
  const stream = new Readable({
    objectMode: true,
    highWaterMark: 0,
    read() {
      if (numbers.asked++ < count) setImmediate(() => this.push(numbers.asked - 1));
      else if (error === undefined) this.push(null);
      else this.destroy(error as Error);
    },
    destroy(cause, done) {
      if (!stream.readableEnded && cause !== error) numbers.released++;
      done(cause);
    },
  });
  const numbers = {
    asked: 0,
    released: 0,
    get over() {
      return stream.destroyed;
    },
    from: (o?: SourceOptions) => fromReadable<number>(stream, o),
  };
  return numbers;
};

export const kinds: readonly (readonly [name: string, make: Kind, sync: boolean])[] = [
  ["an iterable", iterable, true],
  ["an async iterable", asyncIterable, false],
  ["an async generator", generator, false],
  ["a web stream", web, false],
  ["a Node stream", node, false],
];
