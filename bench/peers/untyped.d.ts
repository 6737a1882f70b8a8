/** What is used here of packages that have no types of their own, or none that can be found. */
declare module "medium" {
  export interface MediumChannel<T> extends PromiseLike<T> {
    readonly isClosed: boolean;
  }
  export function chan<T>(size?: number): MediumChannel<T>;
  export function put<T>(ch: MediumChannel<T>, value: T): Promise<boolean>;
  export function take<T>(ch: MediumChannel<T>): Promise<T>;
  export function any<T>(...chs: readonly MediumChannel<T>[]): Promise<[T, MediumChannel<T>]>;
}

declare module "async-csp" {
  class Channel {
    constructor(capacity?: number);
    put(value: number): Promise<void>;
    take(): Promise<number>;
  }
  const module: { readonly default: typeof Channel };
  export default module;
}

declare module "chan" {
  export type Thunk<T> = (done: (error: unknown, value?: T) => void) => void;
  export interface Chan<T> extends Thunk<T> {
    (value: T): Thunk<void>;
  }
  interface Make {
    <T>(capacity?: number): Chan<T>;
    select<T>(...chs: readonly Chan<T>[]): Thunk<{ selected: Thunk<T> }>;
  }
  const make: Make;
  export default make;
}

declare module "js-csp" {
  export interface CspChannel {
    close(): void;
  }
  const csp: {
    chan(capacity?: number): CspChannel;
    put(ch: CspChannel, value: unknown): unknown;
    take(ch: CspChannel): unknown;
    alts(chs: readonly CspChannel[]): unknown;
    timeout(ms: number): unknown;
    spawn(process: Generator): CspChannel;
    go(body: () => Generator): CspChannel;
  };
  export default csp;
}

declare module "async" {
  export function mapLimit<T, R>(all: readonly T[], limit: number, job: (value: T) => Promise<R>): Promise<R[]>;
  export function queue<T>(job: (value: T) => Promise<unknown>, limit: number): { pushAsync<R>(value: T): Promise<R> };
}

declare module "@nodeguy/channel" {
  export interface Numbers {
    push(value: number): Promise<void>;
    shift(): Promise<number>;
    value(): number;
  }
  const Channel: {
    (capacity: number): Numbers;
    select(operations: readonly Promise<number>[]): Promise<Numbers>;
  };
  export default Channel;
}

declare module "threads" {
  export interface Queue<T> {
    queue<R>(job: (worker: T) => PromiseLike<R>): PromiseLike<R>;
  }
  export class Worker {
    constructor(file: string);
  }
  export function spawn<T>(worker: Worker): Promise<{ readonly [name in keyof T]: T[name] }>;
  export function Pool<T>(make: () => Promise<T>, size: number): Queue<T>;
}

declare module "comlink/dist/esm/node-adapter.mjs" {
  export default function nodeEndpoint(worker: import("node:worker_threads").Worker): import("comlink").Endpoint;
}
