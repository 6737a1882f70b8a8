/** Random programs of goroutines and channels: what they consist of and how fast-check makes and shrinks them. */
import fc from "fast-check";

/** A channel by number; `NIL` is the nil channel. */
export type ChanRef = number;
export const NIL: ChanRef = -1;

export interface ChanSpec {
  readonly capacity: number;
  readonly zero: string | undefined;
}

/** What may be a case of a select. */
export type Case =
  | { readonly op: "send" | "recv" | "recvOk" | "range"; readonly ch: ChanRef }
  | { readonly op: "join"; readonly target: number }
  | { readonly op: "gosched" | "null" }
  | { readonly op: "select"; readonly cases: readonly Case[]; readonly default: boolean; readonly listed: boolean };

/** One step of a goroutine. */
export type Instr =
  | Case
  | { readonly op: "trySend" | "tryRecv" | "close" | "length"; readonly ch: ChanRef }
  | { readonly op: "go"; readonly target: number }
  | { readonly op: "goexit" };

export interface Program {
  readonly channels: readonly ChanSpec[];
  /** The steps of each goroutine. Number 0 is main, which starts those that nobody else starts. */
  readonly goroutines: readonly (readonly Instr[])[];
}

/** The value that a send carries: it says where it comes from, and no two are the same. */
export function valueFrom(g: number, pc: number, path: readonly number[]): string {
  return `${g}.${pc}${path.map((at) => `/${at}`).join("")}`;
}

/** Those that wait to send, as a number and a value each. The cases of one select queue in any order. */
export function senders(waiting: Iterable<{ readonly id: number | undefined; readonly value: unknown }>): string[] {
  const groups: { id: number | undefined; texts: string[] }[] = [];
  for (const { id, value } of waiting) {
    if (groups.at(-1)?.id !== id || groups.length === 0) groups.push({ id, texts: [] });
    groups.at(-1)?.texts.push(`${id} ${String(value)}`);
  }
  return groups.flatMap(({ texts }) => texts.sort());
}

/** What became of a step, as text, so that two logs can be compared. */
export type Outcome = string;

export const outcome = {
  sent: (): Outcome => "sent",
  yielded: (): Outcome => "yielded",
  received: (value: unknown): Outcome => `got ${String(value)}`,
  receivedOk: (value: unknown, ok: boolean): Outcome => `got ${String(value)}, ${ok}`,
  joined: (value: unknown): Outcome => `joined ${String(value)}`,
  chosen: (at: number, inner: Outcome): Outcome => `${at}: ${inner}`,
  defaulted: (): Outcome => "default",
  panicked: (code: string): Outcome => `panic ${code}`,
};

/** The case that a select's outcome names; undefined for a panic. */
export function chosenOf(text: Outcome): number | undefined {
  const match = /^(\d+): /.exec(text);
  return match === null ? undefined : Number(match[1]);
}

const MAX_CHANNELS = 3;
const MAX_GOROUTINES = 6;

const chanRef: fc.Arbitrary<ChanRef> = fc.oneof(
  { weight: 12, arbitrary: fc.nat(MAX_CHANNELS - 1) },
  { weight: 1, arbitrary: fc.constant(NIL) },
);
const target = fc.integer({ min: 1, max: MAX_GOROUTINES - 1 });

const plainCase: fc.Arbitrary<Case> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant("send" as const), ch: chanRef }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constantFrom("recv", "recvOk", "range"), ch: chanRef }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("join" as const), target }) },
);

const rareCase: fc.Arbitrary<Case> = fc.record({ op: fc.constantFrom("gosched" as const, "null" as const) });

const selectOf = (inner: fc.Arbitrary<Case>, maxLength: number): fc.Arbitrary<Case> =>
  fc.record({
    op: fc.constant("select" as const),
    cases: fc.array(inner, { maxLength }),
    default: fc.boolean(),
    listed: fc.boolean(),
  });

const nested = selectOf(plainCase, 2);
const anyCase: fc.Arbitrary<Case> = fc.oneof(
  { weight: 8, arbitrary: plainCase },
  { weight: 1, arbitrary: rareCase },
  { weight: 1, arbitrary: nested },
);

const instr: fc.Arbitrary<Instr> = fc.oneof(
  { weight: 10, arbitrary: plainCase },
  { weight: 8, arbitrary: selectOf(anyCase, 4) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom("trySend", "tryRecv", "length"), ch: chanRef }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("close" as const), ch: chanRef }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("gosched" as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("go" as const), target }) },
  { weight: 1, arbitrary: fc.constant({ op: "goexit" } as const) },
);

export const program: fc.Arbitrary<Program> = fc
  .record({
    channels: fc.array(fc.record({ capacity: fc.nat(3), zero: fc.option(fc.constant("zero"), { nil: undefined }) }), {
      minLength: MAX_CHANNELS,
      maxLength: MAX_CHANNELS,
    }),
    bodies: fc.array(fc.array(instr, { maxLength: 9 }), { minLength: 1, maxLength: MAX_GOROUTINES - 1 }),
    main: fc.array(fc.oneof(plainCase, nested, rareCase), { maxLength: 3 }),
  })
  .map(({ channels, bodies, main }) => ({
    channels,
    // Main starts all of them, does a little itself and then waits for ever, so that the run ends when nothing is left to run.
    goroutines: [
      [...bodies.map((_, i) => ({ op: "go" as const, target: i + 1 })), ...main, { op: "recv" as const, ch: NIL }],
      ...bodies,
    ],
  }));
