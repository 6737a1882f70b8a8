/** Asks the server of `millrace run --inspect`. */
import type { Questions, Source } from "../../protocol.ts";
import { Lost, Refused } from "./link.ts";

/** Statuses that mean: not from this page. A wrong token in the address is a path that is not there. */
const NOT_OURS: readonly number[] = [401, 403, 404];

export class HttpSource implements Source {
  readonly #url: string;

  /** @param url where questions go */
  constructor(url: string) {
    this.#url = url;
  }

  async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ question, about }),
        cache: "no-store",
      });
      text = await response.text();
    } catch {
      throw new Lost("The program does not answer.");
    }
    if (NOT_OURS.includes(response.status)) {
      throw new Refused(
        "The program does not know this page. Was it started anew? Open the address that it printed last.",
      );
    }
    if (!response.ok) throw new Error(reason(text) ?? `The program answered ${response.status}.`);
    return JSON.parse(text) as Questions[Q]["answer"];
  }
}

/** What a refused question was told. */
function reason(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}
