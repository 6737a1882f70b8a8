/**
 * A lesson is one Markdown file: a title, what it says, a ```ts program, a ```text output with what that prints, and under
 * "## Try" what else to do. The build makes HTML of the words; the tests run the programs.
 */

export interface Lesson {
  /** The file's name without its number: its name in the address. */
  readonly slug: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly more: string;
  readonly program: string;
  /** What the program prints; a line of "..." stands for any lines. */
  readonly output: string;
}

const FENCE = /^```(\w+) (\w+)\n([\s\S]*?)^```$\n?/gm;

/** @param file the name of the file, such as `01-goroutines.md` */
export function parseLesson(file: string, source: string): Lesson {
  const wrong = (what: string): Error => new Error(`${file}: ${what}`);
  const title = /^# (.+)$/m.exec(source)?.[1];
  const slug = /(?:^|\/)\d+-([a-z-]+)\.md$/.exec(file)?.[1];
  if (title === undefined) throw wrong("a lesson begins with # and its title");
  if (slug === undefined) throw wrong("a lesson's file is called 01-its-name.md");
  const blocks = new Map([...source.matchAll(FENCE)].map(([, language, use, code]) => [`${language} ${use}`, code]));
  const program = blocks.get("ts program");
  const output = blocks.get("text output");
  if (program === undefined) throw wrong("it has no ```ts program");
  if (output === undefined) throw wrong("it has no ```text output");
  const words = source.replace(FENCE, "").replace(/^# .+$/m, "");
  const [text = "", more = ""] = words.split(/^## Try$/m);
  return { slug, title, text: text.trim(), more: more.trim(), program, output: output.trimEnd() };
}

/** Whether `lines` are the `expected` ones. */
export function matches(expected: readonly string[], lines: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return lines.length === 0;
  if (first === "...") return matches(rest, lines) || (lines.length > 0 && matches(expected, lines.slice(1)));
  return first === (lines[0] ?? "").trimEnd() && matches(rest, lines.slice(1));
}
