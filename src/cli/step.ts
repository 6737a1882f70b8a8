/**
 * `millrace run --step`: the program is held at its beginning, and moves when somebody steps it on in the inspector's page.
 *
 * The file is loaded, and what it has called `main` with is run under the stepper, once for each start. So its module is
 * loaded anew each time, with its variables as they were at first; modules that it imports are not, and keep theirs. It runs
 * in the page's own process: between two steps nothing of it runs.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { CommanderError } from "commander";
import { pageFolder } from "../inspector/server/built.ts";
import { serve } from "../inspector/server/server.ts";
import { standardStreams } from "../inspector/stepper/output.ts";
import { Held } from "../inspector/stepper/source.ts";
import type { Stepped } from "../inspector/stepper/stepper.ts";
import { programs } from "../runtime/run.ts";
import { allowDeepStacks } from "../runtime/traceback.ts";

export interface StepFlags {
  /** What the program is called, and where it is. */
  readonly program: string;
  readonly file: string;
  /** The server's port; 0 for any that is free. */
  readonly port: number;
  readonly seed: number | undefined;
}

/** Loads the file again and again. */
class Loader {
  readonly #file: string;
  readonly #require: NodeJS.Require;
  #starts = 0;

  constructor(file: string) {
    this.#file = file;
    this.#require = createRequire(pathToFileURL(file));
  }

  async load(): Promise<Stepped> {
    const taken: Stepped[] = [];
    programs.take = (program, options) => void taken.push({ program, options });
    delete this.#require.cache[this.#file];
    await import(`${pathToFileURL(this.#file).href}?start=${++this.#starts}`);
    const [stepped] = taken;
    if (stepped === undefined) throw new Error("it calls no main(), and only what main() runs can be stepped");
    return stepped;
  }
}

/** Serves the program, and comes back once it is held at its beginning. */
export async function stepThrough({ program, file, port, seed }: StepFlags): Promise<void> {
  const fail = (why: unknown): never => {
    console.error(`millrace run --step: ${program}: ${why instanceof Error ? why.message : String(why)}`);
    throw new CommanderError(2, "millrace.step", "the program can't be stepped");
  };
  allowDeepStacks();
  const loader = new Loader(file);
  const held = new Held({
    program,
    capture: standardStreams,
    load: () => loader.load(),
    ...(seed !== undefined && { seed }),
  });
  await held.start().catch(fail);
  const { url } = await serve(held, { port, page: pageFolder() }).catch(fail);
  // To standard error, because the address has the token in it and standard output may be a file or a log.
  console.error(`millrace run: ${program} is held at its beginning; step through it at ${url} (Ctrl-C ends it)`);
}
