/** What a known bug consists of. */

export interface Bug {
  readonly name: string;
  /** The runs within which the exhaustive search finds it. */
  readonly within: number;
  /** The first line of the report. */
  readonly fails: RegExp;
  readonly program: () => unknown;
  /** The same without the bug: no schedule makes it fail. */
  readonly fixed: () => unknown;
  /** Options that both need. */
  readonly options?: { readonly timers?: "any"; readonly leaks?: false };
}

/** An assertion of a program. */
export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
