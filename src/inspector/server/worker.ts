/**
 * The inspector's thread: model and server, so that a busy program does not keep the page waiting, and the page does not
 * keep the program waiting.
 */
import { parentPort, workerData } from "node:worker_threads";
import { ArgumentError } from "../../runtime/panic.ts";
import { Model } from "../model/model.ts";
import type { Note } from "../model/notes.ts";
import { feed } from "../recorder.ts";
import { type Look, ModelSource, type Program } from "../source.ts";
import { PAGES, type Start, type ToInspector, type ToProgram } from "./messages.ts";
import { serve } from "./server.ts";

const port = parentPort;
if (port === null) throw new ArgumentError("millrace: this file is run by the library, to start the inspector");

const start = workerData as Start;
const shared = new Int32Array(start.shared);
const say = (message: ToProgram): void => port.postMessage(message);

/** Milliseconds that a program has to answer; one that does not is in a loop. */
const PATIENCE = 300;

/** The program, asked by messages. */
class Asked implements Program {
  readonly #waiting = new Map<number, (notes: readonly Note[]) => void>();
  #asked = 0;
  over = false;

  look(look: Look): Promise<readonly Note[]> | readonly Note[] {
    if (this.over) return [];
    return new Promise((resolve) => {
      const id = ++this.#asked;
      const late = setTimeout(() => this.looked(id, []), PATIENCE);
      this.#waiting.set(id, (notes) => {
        clearTimeout(late);
        resolve(notes);
      });
      say({ kind: "look", id, look });
    });
  }

  looked(id: number, notes: readonly Note[]): void {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    // What comes late is for whoever asks next.
    if (asked !== undefined) asked(notes);
    else for (const note of notes) model.note(note);
  }
}

const clock = (): number => performance.timeOrigin + performance.now() - start.timeOrigin;
const model = new Model({ mode: "live", program: start.program, origin: start.origin, clock });
const program = new Asked();

port.on("message", (message: ToInspector) => {
  if (message.kind === "looked") program.looked(message.id, message.notes);
  else {
    feed(model, message.batch);
    program.over ||= model.ended !== null;
    const events = message.batch.chunks.reduce((sum, { events: n }) => sum + n, 0);
    say({ kind: "taken", events });
  }
});

/** Nothing has come since a goroutine began to run: it may be in a loop. */
function refresh(): void {
  const [key = 0, time = 0] = start.pulse;
  if (key !== 0 && !program.over && clock() - time > PATIENCE) model.note({ kind: "running", key, time });
}

let watched = false;
serve(new ModelSource(model, { program, refresh }), {
  port: start.port,
  host: start.host,
  token: start.token,
  page: start.page,
  pages(count) {
    Atomics.store(shared, PAGES, count);
    Atomics.notify(shared, PAGES);
    if (!watched) say({ kind: "watched" });
    watched = true;
  },
}).then(
  ({ url }) => say({ kind: "ready", url }),
  (error: Error) => say({ kind: "failed", error: error.message }),
);
