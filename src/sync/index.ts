/**
 * Go's packages `sync` and `x/sync`: locks, groups, semaphores, limits. Whatever waits is an operation.
 *
 * @module millrace/sync
 */
export { Action } from "../runtime/action.ts";
export type { NameOptions } from "../runtime/named.ts";
export type { LockOptions } from "../runtime/priority.ts";
export { Cond, type Locker } from "./cond.ts";
export { ErrGroup, type Started } from "./errgroup.ts";
export { Limiter, type Reservation } from "./limiter.ts";
export { type Idle, Limiters } from "./limiters.ts";
export { Mutex } from "./mutex.ts";
export { Once, onceFunc, onceValue, onceValues } from "./once.ts";
export { RWMutex } from "./rwmutex.ts";
export { Semaphore } from "./semaphore.ts";
export { type FlightResult, type Shared, SingleFlight } from "./singleflight.ts";
export { Sometimes, type SometimesOptions } from "./sometimes.ts";
export { WaitGroup } from "./waitgroup.ts";
export { WindowLimiter, type WindowOptions } from "./window-limiter.ts";
