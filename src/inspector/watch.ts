/**
 * An inspector in the program's own thread, for a page that has both: the tour, a test, a program in a browser.
 *
 *     const source = watch({ program: "lesson.ts" });   // before the program starts, or while it runs
 *     const status = await source.ask("status", {});    // as often as something is to be drawn
 *     source.stop();                                     // the program pays nothing any more
 *
 * The model is fed when somebody asks, and when a chunk is full: in between the program pays a microsecond an event.
 * Nothing is known of what happened before. After `stop` everything can still be asked.
 *
 * Under a stepper, which takes the program's time out of the host's hands: `watch({ mode: "step", clock, stepper })`, where
 * `clock` gives the time that the timeline is to show, such as the number of the step.
 */
import { monotonic } from "../runtime/host.ts";
import { Places } from "../trace/places.ts";
import { Model } from "./model/model.ts";
import type { Source, Status } from "./protocol.ts";
import { feed, Recorder } from "./recorder.ts";
import { Sights } from "./sights.ts";
import { ModelSource, type Stepper } from "./source.ts";

/** Options of `watch`. */
export interface WatchOptions {
  /** What the program is called. */
  readonly program?: string | undefined;
  readonly mode?: Status["mode"] | undefined;
  /** What time it is, in milliseconds that only ever grow; the host's by default. */
  readonly clock?: (() => number) | undefined;
  readonly stepper?: Stepper | undefined;
}

/** A source that can be closed. */
export interface Watch extends Source {
  readonly model: Model;
  /** Ends watching. `over` says that the program has ended, and of what: "" when its main returned. */
  stop(over?: string): void;
}

/** Things that are looked at once more when watching ends. */
const LAST = 1000;

/** Watches the program that runs in this thread. */
export function watch(options: WatchOptions = {}): Watch {
  const { program = "", mode = "live", clock = monotonic, stepper } = options;
  const model = new Model({ mode, program, origin: clock(), clock });
  const places = new Places();
  const sights = new Sights(places);
  const recorder = new Recorder((batch) => feed(model, batch), { places, sights, clock });
  recorder.start();
  let stopped = false;
  const source = new ModelSource(model, {
    program: { look: (look) => (stopped ? [] : sights.look(look)) },
    refresh: () => recorder.flush(),
    ...(stepper !== undefined && { stepper }),
  });
  return {
    model,
    ask: (question, about) => source.ask(question, about),
    stop(over) {
      if (stopped) return;
      // What was seen before may not be true any more.
      for (const note of sights.everything(LAST)) recorder.note(note);
      if (over !== undefined) recorder.note({ kind: "over", text: over, time: clock() });
      stopped = true;
      recorder.stop();
    },
  };
}
