/** The page's side of a program that runs in a thread of its own: what it has written so far, how it ended, what it is asked. */
import type { Questions, Source } from "../../inspector/protocol.ts";
import type { FromProgram, ToProgram } from "./messages.ts";

/** The most of what a program writes that is kept. */
const KEPT = 1 << 19;

export type Ending = { readonly code: number } | "stopped";

interface Asked {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Session implements Source {
  readonly stepping: boolean;
  output = "";
  /** It can be asked. */
  started = false;
  ending: Ending | null = null;
  /** Called when one of these has changed. */
  changed: () => void = () => {};
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #questions = 0;

  constructor(code: string, stepping: boolean) {
    this.stepping = stepping;
    // Not through the bundler, which would give it a copy of the library other than the one that its program imports.
    this.#worker = new Worker(new URL("library/program.js", document.baseURI), { type: "module", name: "program" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromProgram>) => this.#heard(data);
    this.#worker.onerror = (event) => {
      this.#write(`${event.message}\n`);
      this.#end({ code: 1 });
    };
    this.#send({ kind: "start", code, stepping });
  }

  ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.ending === "stopped") {
        reject(new Error("the program was stopped"));
        return;
      }
      const n = ++this.#questions;
      this.#asked.set(n, { resolve: resolve as (answer: never) => void, reject });
      this.#send({ kind: "ask", n, question, about });
    });
  }

  /** Ends it, wherever it is. */
  stop(): void {
    this.#worker.terminate();
    for (const { reject } of this.#asked.values()) reject(new Error("the program was stopped"));
    this.#asked.clear();
    this.#end("stopped");
  }

  #send(message: ToProgram): void {
    this.#worker.postMessage(message);
  }

  #heard(message: FromProgram): void {
    switch (message.kind) {
      case "started":
        this.started = true;
        this.changed();
        return;
      case "output":
        this.#write(message.text);
        return;
      case "ended":
        this.#end({ code: message.code });
        return;
    }
    const asked = this.#asked.get(message.n);
    this.#asked.delete(message.n);
    if (message.kind === "answer") asked?.resolve(message.answer as never);
    else asked?.reject(new Error(message.error));
  }

  #write(text: string): void {
    this.output = (this.output + text).slice(-KEPT);
    this.changed();
  }

  #end(ending: Ending): void {
    this.ending ??= ending;
    this.changed();
  }
}
