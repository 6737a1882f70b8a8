/**
 * The program's side of an inspector in a thread of its own: what it records goes there in chunks.
 *
 * It never waits for the inspector, and never keeps more than `MOST` events that the inspector has not taken yet. Beyond
 * that events are lost, and counted; when the inspector has caught up it is told how everything stands then.
 */
import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { monotonic } from "../../runtime/host.ts";
import { Places } from "../../trace/places.ts";
import { type Batch, LAST, OLD, Recorder } from "../recorder.ts";
import { Sights } from "../sights.ts";
import { pageFolder, workerFile } from "./built.ts";
import { LOOPBACK, PAGES, type Start, type ToInspector, type ToProgram } from "./messages.ts";

/** Events on their way: 64 bytes each. */
const MOST = 1_000_000;
/** Where the inspector counts as having caught up. */
const FEW = 100_000;

export interface FeedOptions {
  /** What the program is called. */
  readonly program: string;
  /** The server's port; 0 for any that is free. */
  readonly port: number;
  /** The address that it listens at; by default the one that only this machine reaches. */
  readonly host?: string | undefined;
  /** The secret in the page's address; null, which is the default, for a new one. */
  readonly token?: string | null | undefined;
}

export class Feed {
  /** Where the page is. */
  url = "";
  readonly #worker: Worker;
  readonly #recorder: Recorder;
  readonly #sights: Sights;
  readonly #shared: Int32Array;
  #underWay = 0;
  #lost = 0;
  #telling = false;
  #booked = false;
  #watched: (() => void) | null = null;

  private constructor(worker: Worker, shared: SharedArrayBuffer) {
    this.#worker = worker;
    this.#shared = new Int32Array(shared);
    const places = new Places(`${process.cwd()}/`);
    this.#sights = new Sights(places);
    this.#recorder = new Recorder((batch) => this.#send(batch), { places, sights: this.#sights });
    this.#recorder.filled = () => this.#book();
  }

  /**
   * Starts the inspector, and begins to record once it serves.
   *
   * @throws Error when it can't listen on the port
   */
  static async start({ program, port, host = LOOPBACK, token = null }: FeedOptions): Promise<Feed> {
    const shared = new SharedArrayBuffer(4);
    const pulse = new Float64Array(new SharedArrayBuffer(16));
    const start: Start = {
      program,
      port,
      host,
      token,
      page: pageFolder(),
      origin: monotonic(),
      timeOrigin: performance.timeOrigin,
      shared,
      pulse,
    };
    const worker = new Worker(workerFile(), {
      name: "millrace inspector",
      workerData: start,
      execArgv: [],
      trackUnmanagedFds: false,
    });
    const feed = new Feed(worker, shared);
    await new Promise<void>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: ToProgram) => {
        if (message.kind === "failed") {
          reject(new Error(message.error));
          void worker.terminate();
        } else if (message.kind === "ready") {
          feed.url = message.url;
          resolve();
        } else feed.#take(message);
      });
    });
    worker.unref();
    // Without it the program goes on as if nobody watched.
    worker.on("error", (error) => say(`millrace: the inspector failed: ${error.message}\n`));
    worker.on("exit", () => feed.#gone());
    feed.#recorder.pulse = pulse;
    feed.#recorder.start();
    // A program that is about to be found deadlocked still stands where it stands.
    process.on("beforeExit", feed.#lookAround);
    return feed;
  }

  /** Waits until a page looks on. */
  async watched(): Promise<void> {
    this.#worker.ref();
    if (Atomics.load(this.#shared, PAGES) === 0) await new Promise<void>((resolve) => (this.#watched = resolve));
    this.#worker.unref();
  }

  /** The process is about to end, with `code`: hands over what there is. */
  over(code: number): void {
    this.#recorder.note({ kind: "over", text: code === 0 ? "" : `exit code ${code}`, time: monotonic() });
    this.#recorder.stop();
  }

  /** Ends the inspector while the program goes on. */
  close(): void {
    process.off("beforeExit", this.#lookAround);
    this.#recorder.stop();
    void this.#worker.terminate();
  }

  /** Blocks this thread until no page looks on any more. */
  stay(): void {
    for (let n = this.pages; n > 0; n = this.pages) Atomics.wait(this.#shared, PAGES, n);
  }

  /** How many pages look on. */
  get pages(): number {
    return Atomics.load(this.#shared, PAGES);
  }

  #gone(): void {
    this.#recorder.stop();
    Atomics.store(this.#shared, PAGES, 0);
  }

  #book(): void {
    if (this.#booked) return;
    this.#booked = true;
    setTimeout(() => {
      this.#booked = false;
      this.#recorder.flush();
    }, OLD).unref();
  }

  #send(batch: Batch): void {
    const events = batch.chunks.reduce((sum, { events: n }) => sum + n, 0);
    if (this.#underWay + events > MOST && !this.#telling) {
      this.#lost += events;
      // Places are told once each.
      if (batch.places.length > 0)
        this.#post({ kind: "batch", batch: { ...batch, chunks: [], notes: [], origins: [] } });
      return;
    }
    this.#underWay += events;
    this.#post(
      { kind: "batch", batch },
      batch.chunks.map(({ parts }) => parts.data.buffer as ArrayBuffer),
    );
  }

  #post(message: ToInspector, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(message: ToProgram): void {
    if (message.kind === "look") {
      this.#recorder.flush();
      this.#post({ kind: "looked", id: message.id, notes: this.#sights.look(message.look) });
    } else if (message.kind === "taken") {
      this.#underWay -= message.events;
      if (this.#lost > 0 && this.#underWay < FEW) this.#catchUp();
    } else if (message.kind === "watched") {
      this.#watched?.();
      this.#watched = null;
    }
  }

  /** The inspector has nothing to do any more: it is told what it missed. */
  #catchUp(): void {
    this.#recorder.flush();
    const events = this.#lost;
    this.#lost = 0;
    this.#telling = true;
    this.#recorder.note({ kind: "lost", events });
    this.#recorder.tellAll();
    this.#recorder.note({ kind: "known" });
    this.#recorder.flush();
    this.#telling = false;
  }

  readonly #lookAround = (): void => {
    for (const note of this.#sights.everything(LAST)) this.#recorder.note(note);
    this.#recorder.flush();
  };
}

/** Writes to standard error at once, also when this is the last thing the process does. */
export function say(text: string): void {
  writeSync(2, text);
}
