/**
 * What the library's names are, for programs that are linted without types: which calls give an operation, and which
 * give something that has such methods (a channel, a lock). Written by hand, because a lint plugin should not load the
 * compiler; test/eslint/api.test.ts compares it with the declarations, so it cannot fall behind.
 */

/**
 * What an expression is: `Op`, the name of a class or an interface that gives operations, or made of those:
 * `[Context, CancelFunc]`, `Stream[]`, `() => Op`.
 */
export type Kind = string;

/** Something that `yield*` and `await` perform: an `Op` or an `Action`. */
export const OP = "Op";
const WITH_CANCEL = "[Context, CancelFunc]";

type Table = Readonly<Record<string, Readonly<Record<string, Kind>>>>;

/** What a function gives, by module. */
export const FUNCTIONS: Table = {
  millrace: { chan: "Chan", nilChan: "Chan", range: "Range", go: "Goroutine", select: OP, wait: OP },
  "millrace/time": { sleep: OP, after: "RecvChan", tick: "RecvChan", afterFunc: "Timer" },
  "millrace/context": {
    background: "Context",
    todo: "Context",
    fromSignal: "Context",
    withValue: "Context",
    withoutCancel: "Context",
    withCancel: WITH_CANCEL,
    withCancelCause: WITH_CANCEL,
    withDeadline: WITH_CANCEL,
    withDeadlineCause: WITH_CANCEL,
    withTimeout: WITH_CANCEL,
    withTimeoutCause: WITH_CANCEL,
  },
  "millrace/sync": { onceFunc: "() => Op", onceValue: "() => Op", onceValues: "() => Op" },
  "millrace/interop": {
    fromEvent: "Source",
    fromIterable: "Source",
    fromReadable: "Source",
    requestContext: "Context",
  },
  "millrace/patterns": {
    batch: "Stream",
    broadcast: "Stream[]",
    debounce: "PacedStream",
    distribute: "Stream[]",
    generate: "Stream",
    mapStream: "Stream",
    merge: "Stream",
    orDone: "Stream",
    pipeline: "Stream",
    throttle: "PacedStream",
    mapConcurrent: OP,
    retry: OP,
  },
  "millrace/testing": { settle: OP },
  "millrace/threads": { sharedChan: "SharedChan" },
  "millrace/trace": {},
  "millrace/pprof": {},
  "millrace/inspector": {},
  "millrace/op": { currentRun: "P", made: OP },
  "millrace/plugin": {},
  "millrace/remote": { connect: OP },
  "millrace/remote/redis": {},
  "millrace/remote/sqlite": {},
};

/** The classes and types whose values give operations, by module; and a value that is exported as it is. */
export const NAMES: Table = {
  millrace: {
    Op: OP,
    Chan: "Chan",
    RecvChan: "RecvChan",
    SendChan: "SendChan",
    Range: "Range",
    Goroutine: "Goroutine",
    Runtime: "Runtime",
    runtime: "Runtime",
  },
  "millrace/time": { Timer: "Timer", Ticker: "Ticker" },
  "millrace/context": { Context: "Context" },
  "millrace/sync": {
    Action: OP,
    Cond: "Cond",
    ErrGroup: "ErrGroup",
    Limiter: "Limiter",
    Locker: "Locker",
    Mutex: "Mutex",
    Once: "Once",
    RWMutex: "RWMutex",
    Semaphore: "Semaphore",
    SingleFlight: "SingleFlight",
    Sometimes: "Sometimes",
    WaitGroup: "WaitGroup",
    WindowLimiter: "WindowLimiter",
  },
  "millrace/interop": { Source: "Source" },
  "millrace/patterns": {
    Job: "Job",
    PacedStream: "PacedStream",
    Rate: "Rate",
    Stream: "Stream",
    WorkerPool: "WorkerPool",
  },
  "millrace/testing": {},
  "millrace/threads": {
    SharedChan: "SharedChan",
    SharedMutex: "SharedMutex",
    SharedSemaphore: "SharedSemaphore",
    SharedWaitGroup: "SharedWaitGroup",
  },
  "millrace/trace": {},
  "millrace/pprof": {},
  "millrace/inspector": {},
  "millrace/op": { Operation: OP },
  "millrace/plugin": {},
  "millrace/remote": {
    Action: OP,
    DeadLetters: "DeadLetters",
    Fleet: "Fleet",
    Message: "Message",
    Queue: "Queue",
    RemoteGoroutine: "RemoteGoroutine",
  },
  "millrace/remote/redis": {},
  "millrace/remote/sqlite": {},
};

/** What calling a method of a class itself gives. */
export const STATICS: Table = { ErrGroup: { withContext: "[ErrGroup, Context]" } };

/** What calling a method gives. */
export const METHODS: Table = {
  DeadLetters: { list: OP, purge: OP, redrive: OP },
  Fleet: { chan: "Chan", drain: OP, go: "RemoteGoroutine", queue: "Queue", serve: OP },
  RemoteGoroutine: { join: OP },
  Message: { ack: OP, dead: OP, extend: OP, nack: OP },
  Queue: {
    drop: OP,
    recv: OP,
    recvMany: OP,
    recvOk: OP,
    remove: OP,
    reopen: OP,
    send: OP,
    sendMany: OP,
    stats: OP,
    work: OP,
  },
  Chan: { send: OP, recv: OP, recvOk: OP },
  RecvChan: { recv: OP, recvOk: OP },
  SendChan: { send: OP },
  Range: { next: OP },
  Goroutine: { join: OP },
  Runtime: { gosched: OP, goexit: OP },
  Context: { done: "RecvChan" },
  Cond: { wait: OP },
  ErrGroup: { wait: OP },
  Limiter: { wait: OP },
  Locker: { lock: OP },
  Mutex: { lock: OP, withLock: OP },
  Once: { do: OP },
  RWMutex: { lock: OP, rLock: OP, rLocker: "Locker", withLock: OP, withRLock: OP },
  Semaphore: { acquire: OP },
  SingleFlight: { do: OP, again: OP, doChan: "RecvChan" },
  Sometimes: { do: OP },
  WaitGroup: { wait: OP, go: "Goroutine" },
  WindowLimiter: { wait: OP },
  Source: { recv: OP, recvOk: OP },
  Job: { join: OP },
  Stream: { recv: OP, recvOk: OP },
  PacedStream: { recv: OP, recvOk: OP },
  Rate: { wait: OP },
  WorkerPool: { submit: OP, run: OP, drain: OP, idle: OP, empty: OP, below: OP, saturated: OP },
  SharedChan: { send: OP, recv: OP, recvOk: OP, sendMany: OP, recvMany: OP },
  SharedMutex: { lock: OP, withLock: OP },
  SharedSemaphore: { acquire: OP },
  SharedWaitGroup: { wait: OP, go: "Goroutine" },
};

/** What reading a property gives. */
export const PROPERTIES: Table = {
  Fleet: { errors: "RecvChan" },
  Message: { ctx: "Context" },
  Queue: { dead: "DeadLetters" },
  Timer: { c: "RecvChan" },
  Ticker: { c: "RecvChan" },
  Cond: { l: "Locker" },
};
