/** Asks the server of `millrace run --inspect`. */
import type { Questions, Source } from "../../protocol.ts";
import { Lost, Refused } from "./link.ts";

export class HttpSource implements Source {
  readonly #url: string;
  readonly #token: string;

  /** @param token what the program put into the page's address; without it, it does not answer */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${this.#token}` },
        body: JSON.stringify({ question, about }),
        cache: "no-store",
      });
      text = await response.text();
    } catch {
      throw new Lost("The program does not answer.");
    }
    if (response.status === 401 || response.status === 403) {
      throw new Refused("The program does not know this page: open the address that it printed last.");
    }
    if (!response.ok) throw new Error(text || `The program answered ${response.status}.`);
    return JSON.parse(text) as Questions[Q]["answer"];
  }
}
