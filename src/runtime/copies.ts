/**
 * One runtime a thread, however many copies of its code the program has: a CommonJS and an ES module build loaded by a
 * tool that knows no better, the same package bundled and installed. Copies of one version find each other through the
 * global object and share the little that has an identity: the machine, the marks that are compared with `===`, and the
 * classes that `instanceof` asks for.
 *
 * Rejected: to let each copy be. A goroutine of one that performs an operation of the other would be told that it is no
 * goroutine, which is true for the copy and a riddle for the reader.
 */
export const VERSION = "0.1.0";

const KEY: unique symbol = Symbol.for(`millrace ${VERSION}`) as never;
const shared = globalThis as { [KEY]?: Record<string, unknown> };

/** What the first copy made under this name. */
export function once<T>(name: string, make: () => T): T {
  shared[KEY] ??= {};
  shared[KEY][name] ??= make();
  return shared[KEY][name] as T;
}
