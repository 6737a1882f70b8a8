/** Whether two types are the same, neither wider than the other. */
export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles only when `T` is true: `expectType<Equal<typeof x, number>>()`. */
export function expectType<T extends true>(..._: T extends true ? [] : never): void {}
