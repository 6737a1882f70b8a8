/** The part of medium that is used here; the package has no types of its own. */
declare module "medium" {
  export interface MediumChannel<T> extends PromiseLike<T> {
    readonly isClosed: boolean;
  }
  export function chan<T>(size?: number): MediumChannel<T>;
  export function put<T>(ch: MediumChannel<T>, value: T): Promise<boolean>;
  export function take<T>(ch: MediumChannel<T>): Promise<T>;
  export function any<T>(...chs: readonly MediumChannel<T>[]): Promise<[T, MediumChannel<T>]>;
}
