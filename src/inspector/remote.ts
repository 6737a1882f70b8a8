/**
 * A source behind the inspector's server: for the page, or for whoever else was given the URL.
 *
 * A question is a POST of `{ question, about }` to `ask`, beside the page. While `close` has not been called, a stream of
 * `alive` is open, which is how the server knows whether anybody looks: a program that has ended stays until nobody does.
 */
import type { Questions, Source } from "./protocol.ts";

/** A question could not be answered: the server is gone, or it did not take the question. */
export class AskError extends Error {
  override readonly name = "AskError";
  /** The server's answer; 0 when there was none: the program has ended. */
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** A source that can be closed. */
export interface Remote extends Source {
  close(): void;
}

interface Streams {
  readonly EventSource?: new (url: string) => { close(): void };
}

/**
 * @param base where the page is, with the slash at its end; by default that of this page
 */
export function remote(base = "./"): Remote {
  const { EventSource } = globalThis as unknown as Streams;
  const alive = EventSource === undefined ? null : new EventSource(`${base}alive`);
  return {
    async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
      let response: Response;
      let answer: unknown;
      try {
        response = await fetch(`${base}ask`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ question, about }),
        });
        answer = await response.json();
      } catch (error) {
        throw new AskError("nobody answers: the program has ended", 0, { cause: error });
      }
      if (response.ok) return answer as Questions[Q]["answer"];
      throw new AskError(String((answer as { readonly error?: unknown }).error), response.status);
    },
    close: () => alive?.close(),
  };
}
