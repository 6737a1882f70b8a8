/** What users see of a context. */
import type { RecvChan } from "../chan/types.ts";
import type { Time } from "../time/time.ts";
import type { Key } from "./key.ts";

/**
 * Carries a deadline, a cancellation and values across calls and goroutines. It never changes: new ones are derived.
 *
 * Whoever implements this interface may be the parent of other contexts.
 * Source: https://pkg.go.dev/context#Context
 */
export interface Context {
  /** When it will be cancelled at the latest; `undefined` without a deadline. */
  deadline(): Time | undefined;
  /** A channel that is closed when the context is cancelled. For one that never can be, a nil channel. The same each time. */
  done(): RecvChan<void>;
  /** Why it was cancelled, `Canceled` or `DeadlineExceeded`; `undefined` while it is not. Right at any time, also in a loop that never blocks. */
  err(): Error | undefined;
  /**
   * What belongs to `key`, here or in the nearest ancestor that knows it; `undefined` when none does.
   *
   * @param key the one that was given to `withValue`, compared with `===`; made by `key`, it knows the value's type
   */
  value<T>(key: Key<T>): T | undefined;
  value(key: unknown): unknown;
  /** The same cancellation as the platform's `AbortSignal`, made on first use; its reason is the cause. */
  readonly signal: AbortSignal;
  /**
   * For implementations of this interface, not needed: calls `fn` once the context has ended, and gives a function that
   * takes this back. Contexts below learn of the end by it, where it is there, and else by `done`.
   * Source: https://pkg.go.dev/context#AfterFunc
   *
   * @param fn to be called once, after `err()` has changed
   */
  afterFunc?(fn: () => void): () => boolean;
}

/** Cancels a context: the first call does, later ones do nothing. With `using`, at the end of the block. */
export interface CancelFunc extends Disposable {
  (): void;
}

/** Cancels a context and says why; without a reason the cause is `Canceled`. Only the first call counts. */
export interface CancelCauseFunc extends Disposable {
  /** @param cause what `cause(ctx)` gives from now on; `Canceled` when it is undefined */
  (cause?: unknown): void;
}
