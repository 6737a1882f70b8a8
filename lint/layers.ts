/**
 * Who may import what, and who may touch the host: the one table of it. `npm run layers` writes `lint/layers.json`, which
 * `biome.json` extends, so editors and `npm run lint` hold it; a test holds that the file is this table's.
 *
 * Rejected: the lists by hand, which were 600 lines and left folders out; dependency-cruiser, which would hold it too, but is a second
 * linter with a graph of its own, and shows nothing in an editor.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file imports its own folder and the folders above its line, never one of its line or below. */
const LAYERS: readonly (readonly string[])[] = [
  ["runtime"],
  ["chan", "compiled", "op"],
  ["select"],
  ["time"],
  ["context"],
  ["sync"],
  ["interop", "patterns"],
  ["threads", "testing", "trace"],
  ["pprof", "remote"],
  ["inspector", "compiler"],
  ["tour", "cli", "plugin"],
];

/** The same inside of a folder. */
const INSIDE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  threads: [["memory"], ["values"], ["shared"], ["sched", "sysmon"]],
};

/** It runs in ESLint, not in programs: it imports nothing of the rest, and the rest nothing of it. */
const ALONE: readonly string[] = ["eslint"];

/** `src/index.ts` exports what is in these. */
const CORE: readonly string[] = ["runtime", "chan", "select"];

/** What reads the clock, sets timers and draws random numbers by itself: the door, threads of their own, and what never runs under virtual time. */
const CLOCK: readonly string[] = ["runtime/host*.ts", "threads/sysmon", "inspector", "tour", "cli"];
/** What knows Node's process and modules, too. */
const NODE: readonly string[] = [...CLOCK, "interop", "threads", "trace", "pprof", "plugin"];

const ASK = "Only src/runtime/host.ts touches the host's clock, timers and randomness; ask it.";
const ASK_NODE = "Only src/runtime/host.ts touches Node; ask it.";
/** The class Date is everybody's: a Time is one, and dates travel. What reads the clock through it is in clock.grit. */
const CLOCK_GLOBALS: readonly string[] = [
  ...["performance", "queueMicrotask", "requestAnimationFrame", "requestIdleCallback"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate"],
];
const NODE_GLOBALS: readonly string[] = ["process", "MessageChannel"];

interface Pattern {
  readonly group: readonly string[];
  readonly message: string;
}

const anyOf = (folders: readonly string[]): string[] => folders.map((folder) => `**/${folder}/**`);
const files = (path: string): string => `src/${path.includes("*") ? path : `${path}/**`}`;

const OURSELVES: Pattern = {
  group: ["millrace", "millrace/*"],
  message: "The source imports its own files by relative path.",
};
const FACE: Pattern = {
  group: ["../index.ts", "../../index.ts", ...LAYERS.flat().map((folder) => `**/${folder}/index.ts`)],
  message: "index.ts is the public face; import the file itself.",
};

/** The table in one line. */
const chain = (layers: readonly (readonly string[])[]): string => layers.map((line) => line.join(", ")).join(" <- ");

/** What a folder on line `at` must not import. */
function beyond(layers: readonly (readonly string[])[], at: number, folder: string): string[] {
  return layers.slice(at).flatMap((line) => line.filter((each) => each !== folder));
}

const rule = (includes: readonly string[], patterns: readonly Pattern[]): object => ({
  includes,
  linter: { rules: { style: { noRestrictedImports: { level: "error", options: { patterns } } } } },
});

const denied = (includes: readonly string[], globals: Readonly<Record<string, string>>): object => ({
  includes,
  linter: {
    rules: { style: { noRestrictedGlobals: { level: "error", options: { deniedGlobals: globals } } } },
  },
});

const told = (globals: readonly string[], message: string): Record<string, string> =>
  Object.fromEntries(globals.map((name) => [name, message]));

function* overrides(): Generator<object> {
  const all = [...LAYERS.flat(), ...ALONE];
  yield rule(
    ["src/*.ts"],
    [
      OURSELVES,
      {
        group: anyOf(all.filter((each) => !CORE.includes(each))),
        message: `millrace itself stands on ${CORE.join(", ")}.`,
      },
    ],
  );
  for (const [at, line] of LAYERS.entries()) {
    for (const folder of line) {
      const outside: Pattern = {
        group: anyOf([...beyond(LAYERS, at, folder), ...ALONE]),
        message: `Layers go one way: ${chain(LAYERS)}.`,
      };
      yield rule([`src/${folder}/**`], [OURSELVES, FACE, outside]);
      const inner = INSIDE[folder] ?? [];
      for (const [depth, rooms] of inner.entries()) {
        for (const room of rooms) {
          const inside: Pattern = { group: anyOf(beyond(inner, depth, room)), message: `${folder}: ${chain(inner)}.` };
          yield rule(
            [`src/${folder}/${room}/**`],
            [OURSELVES, FACE, outside, ...(inside.group.length > 0 ? [inside] : [])],
          );
        }
      }
    }
  }
  for (const folder of ALONE) {
    yield rule(
      [`src/${folder}/**`],
      [{ group: ["../**", ...OURSELVES.group], message: "It stands alone: it imports nothing of the library." }],
    );
  }
  yield rule(
    ["src/runtime/host*.ts"],
    [
      {
        group: ["./**", "../**", "!./host*.ts", ...OURSELVES.group],
        message: "host.ts is the lowest layer and imports nothing.",
      },
    ],
  );

  yield denied(["src/**", ...CLOCK.map((path) => `!${files(path)}`)], told(CLOCK_GLOBALS, ASK));
  yield denied(["src/**", ...NODE.map((path) => `!${files(path)}`)], {
    ...told(CLOCK_GLOBALS, ASK),
    ...told(NODE_GLOBALS, ASK_NODE),
  });
  yield { includes: ["src/**", ...CLOCK.map((path) => `!${files(path)}`)], plugins: ["./lint/clock.grit"] };
  yield { includes: ["src/**", ...NODE.map((path) => `!${files(path)}`)], plugins: ["./lint/node.grit"] };
}

/** The folders of `src`, and those that have a row here. */
export const folders = (src: string): readonly [there: string[], listed: string[]] => [
  readdirSync(src, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(),
  [...LAYERS.flat(), ...ALONE].sort(),
];

/** The configuration of Biome that the table stands for. */
export const config = (): string => `${JSON.stringify({ overrides: [...overrides()] }, null, 1)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("layers.json", import.meta.url), config());
