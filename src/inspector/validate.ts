/**
 * Whether what somebody asks is a question: its name, and each part of what it is about. What comes over a wire may be
 * anything, and the model believes what it gets.
 */
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Questions } from "./protocol.ts";

type Check = (value: unknown) => string | null;

const MOST_TEXT = 1_000;
const MOST_SCHEDULE = 1_000_000;

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : `a whole number from ${least} to ${most}`;
const time: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) ? null : "a number of milliseconds";
const text =
  (most: number): Check =>
  (value) =>
    typeof value === "string" && value.length <= most ? null : `a string of at most ${most} characters`;
const flag: Check = (value) => (typeof value === "boolean" ? null : "true or false");
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string) ? null : `one of ${values.join(", ")}`;
const someOf =
  (...values: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) && value.length <= values.length && value.every((each) => values.includes(each as string))
      ? null
      : `a list of ${values.join(", ")}`;

/** Each part of what a question is about; a name with "?" may be left out. */
type Shape = Readonly<Record<string, Check>>;

const STATES = ["running", "runnable", "waiting", "ended", "panicked"] as const;
const SORTS = ["id", "name", "state", "reason", "since", "thread", "origin"] as const;
const GROUPS = ["name", "state", "reason", "origin", "thread"] as const;
const PAGE = { offset: whole(0, 1e9), limit: whole(0, 1_000) };
const FILTER = { "filter?": text(MOST_TEXT) };
const ID = { id: text(MOST_TEXT) };

const SHAPES: Readonly<Record<keyof Questions, Shape>> = {
  status: {},
  goroutines: {
    ...PAGE,
    ...FILTER,
    "states?": someOf(...STATES),
    "sort?": oneOf(...SORTS),
    "descending?": flag,
    "group?": oneOf(...GROUPS),
    "in?": text(MOST_TEXT),
  },
  goroutine: ID,
  channels: { ...PAGE, ...FILTER, "sort?": oneOf("id", "name", "length", "waiting", "traffic") },
  channel: ID,
  things: { ...PAGE, ...FILTER },
  graph: {},
  timeline: { ...PAGE, ...FILTER, from: time, to: time, width: whole(1, 20_000) },
  events: { after: whole(-1, Number.MAX_SAFE_INTEGER), limit: whole(0, 10_000) },
  findings: {},
  stepper: {},
  step: { "choice?": whole(0, 1e9) },
  back: { "steps?": whole(1, 1e9) },
  resume: {},
  pause: {},
  restart: { "schedule?": text(MOST_SCHEDULE) },
  break: { "kind?": text(MOST_TEXT), "channel?": text(MOST_TEXT), "goroutine?": text(MOST_TEXT) },
  unbreak: { id: whole(0, 1e9) },
};

/**
 * Whether `about` is what the question `question` is about.
 *
 * @throws ArgumentError that names what is wrong
 */
export function checkQuestion(question: unknown, about: unknown): asserts question is keyof Questions {
  if (typeof question !== "string" || !Object.hasOwn(SHAPES, question)) {
    throw new ArgumentError(`expected one of the questions ${Object.keys(SHAPES).join(", ")}, got ${show(question)}`);
  }
  if (typeof about !== "object" || about === null || Array.isArray(about)) {
    throw new ArgumentError(`${question}: expected an object, got ${show(about)}`);
  }
  const shape = SHAPES[question as keyof Questions];
  const given = about as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(shape, key) && !Object.hasOwn(shape, `${key}?`)) {
      throw new ArgumentError(`${question}: it has no ${show(key)}`);
    }
  }
  for (const [name, check] of Object.entries(shape)) {
    const optional = name.endsWith("?");
    const key = optional ? name.slice(0, -1) : name;
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (optional && value === undefined) continue;
    const expected = check(value);
    if (expected !== null) throw new ArgumentError(`${question}: ${key}: expected ${expected}, got ${show(value)}`);
  }
  if (question === "timeline" && !((given.to as number) > (given.from as number))) {
    throw new ArgumentError(`timeline: to: expected a time after from, got ${show(given.from)} and ${show(given.to)}`);
  }
}
