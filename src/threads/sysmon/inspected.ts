/** A thread as the monitor's inspector sees it: the main thread by a session, other threads through that of the main thread. */
import { Session } from "node:inspector";
import { threadId } from "node:worker_threads";

/** A frame of a stopped thread. */
export interface Frame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number };
}

/** A script that a thread has loaded. */
export interface Script {
  readonly url: string;
  readonly sourceMapURL?: string;
}

export type Params = Readonly<Record<string, unknown>>;

/** One thread. Its number is the host's; 0 is the main thread. */
export abstract class Inspected {
  readonly thread: number;
  /** Its scripts, by their number. */
  readonly scripts: Map<string, Script> = new Map();
  onPaused: (frames: readonly Frame[]) => void = () => {};
  onResumed: () => void = () => {};

  constructor(thread: number) {
    this.thread = thread;
  }

  abstract post(method: string, params?: Params): Promise<Params>;

  /** Evaluates an expression that gives a string, in a stopped thread. */
  async ask(frame: Frame, expression: string): Promise<string> {
    const { callFrameId } = frame;
    const params = { callFrameId, expression, returnByValue: true, silent: true };
    const answer = (await this.post("Debugger.evaluateOnCallFrame", params)) as {
      readonly result?: { readonly value?: unknown };
      readonly exceptionDetails?: unknown;
    };
    return typeof answer.result?.value === "string" ? answer.result.value : "null";
  }

  heard(method: string, params: Params): void {
    if (method === "Debugger.paused") this.onPaused(params.callFrames as readonly Frame[]);
    else if (method === "Debugger.resumed") this.onResumed();
    else if (method === "Debugger.scriptParsed") this.scripts.set(String(params.scriptId), params as unknown as Script);
  }
}

/** All threads of the process but the monitor's own. */
export class Inspector {
  readonly #session = new Session();
  readonly #byThread = new Map<number, Inspected>();
  readonly #bySession = new Map<string, InspectedWorker>();
  readonly #found: (thread: Inspected) => void;

  /** `found` is called for each thread, once it can be stopped. */
  constructor(found: (thread: Inspected) => void) {
    this.#found = found;
  }

  async connect(): Promise<void> {
    const session = this.#session;
    session.connectToMainThread();
    const main = new InspectedMain(session);
    for (const event of ["paused", "resumed", "scriptParsed"]) {
      session.on(`Debugger.${event}`, ({ method, params }: { method: string; params?: Params }) =>
        main.heard(method, params ?? {}),
      );
    }
    session.on("NodeWorker.attachedToWorker", ({ params }) => {
      const number = Number(/\[worker (\d+)\]/.exec(params.workerInfo.title)?.[1]);
      // A thread that inspects itself can't answer itself.
      if (number === threadId) session.post("NodeWorker.detach", { sessionId: params.sessionId });
      else void this.#attach(new InspectedWorker(number, session, params.sessionId));
    });
    session.on("NodeWorker.detachedFromWorker", ({ params }) => {
      const worker = this.#bySession.get(params.sessionId);
      this.#bySession.delete(params.sessionId);
      if (worker !== undefined) this.#byThread.delete(worker.thread);
    });
    session.on("NodeWorker.receivedMessageFromWorker", ({ params }) =>
      this.#bySession.get(params.sessionId)?.received(params.message),
    );
    await main.post("Debugger.enable");
    this.#byThread.set(0, main);
    this.#found(main);
    await main.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  }

  /** The thread with the host's number. */
  get(thread: number): Inspected | undefined {
    return this.#byThread.get(thread);
  }

  disconnect(): void {
    this.#session.disconnect();
  }

  async #attach(worker: InspectedWorker): Promise<void> {
    this.#bySession.set(worker.session, worker);
    await worker.post("Debugger.enable");
    this.#byThread.set(worker.thread, worker);
    this.#found(worker);
  }
}

class InspectedMain extends Inspected {
  readonly #session: Session;

  constructor(session: Session) {
    super(0);
    this.#session = session;
  }

  override post(method: string, params: Params = {}): Promise<Params> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error, result) => {
        if (error === null) resolve((result ?? {}) as Params);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }
}

class InspectedWorker extends Inspected {
  readonly session: string;
  readonly #main: Session;
  readonly #waiting = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>();
  #id = 0;

  constructor(thread: number, main: Session, session: string) {
    super(thread);
    this.#main = main;
    this.session = session;
  }

  override post(method: string, params: Params = {}): Promise<Params> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params });
      this.#main.post("NodeWorker.sendMessageToWorker", { sessionId: this.session, message }, (error) => {
        if (error !== null) reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  received(message: string): void {
    const { id, method, params, result, error } = JSON.parse(message) as {
      readonly id?: number;
      readonly method?: string;
      readonly params?: Params;
      readonly result?: Params;
      readonly error?: { readonly message: string };
    };
    if (method !== undefined) this.heard(method, params ?? {});
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result ?? {});
    else waiting?.reject(new Error(error.message));
  }
}
