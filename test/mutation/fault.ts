/** A fault that is injected on purpose, to see that a test notices. */
export interface Fault {
  /** What is wrong then. */
  readonly name: string;
  /** Where, from the project's root. */
  readonly file: string;
  /** The text there that is replaced: it must occur exactly once. */
  readonly find: string;
  readonly put: string;
  /** The file of the test that must fail then, and its full name, describe blocks included. */
  readonly test: string;
  readonly title: string;
}

/** `source` with the fault. Throws when the text to replace is not there, or there more than once. */
export function apply({ name, file, find, put }: Fault, source: string): string {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`${file}: ${times} places for the fault "${name}": ${JSON.stringify(find)}`);
  return source.replace(find, () => put);
}
