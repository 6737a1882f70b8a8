/**
 * Who may ask the inspector's server: the page that it served itself, and nobody else.
 *
 * A page of any other site that the user has open can send requests to this machine. It does not know the token, which
 * is in the URL. It can't learn it by having its own name point here (DNS rebinding), because a request must be addressed
 * to this machine as `localhost` or by its number; where the inspector listens at other addresses too, a container's port may
 * have another number outside, so any port will do there. And what it sends carries its origin, which is not ours. No request is answered with leave for
 * another origin to read (CORS).
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a refusal says. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** On every answer. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** `localhost` or a number, with a port. */
const NUMBER = /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d+)?$/;

export class Guard {
  readonly token: string;
  readonly #hosts: ReadonlySet<string> | null;

  /** `isLocal` says that only this machine reaches the port. */
  constructor({ port, isLocal, token }: { port: number; isLocal: boolean; token: string | null }) {
    this.token = token ?? randomBytes(24).toString("base64url");
    this.#hosts = isLocal ? new Set(["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`)) : null;
  }

  #isHost(host: string): boolean {
    return this.#hosts === null ? NUMBER.test(host) : this.#hosts.has(host);
  }

  /** What is asked for below the token: "" for the page itself. Or why nothing is given. */
  path({ headers, url = "/" }: IncomingMessage): string | Refusal {
    const { host, origin } = headers;
    if (host === undefined || !this.#isHost(host.toLowerCase())) {
      return { status: 403, error: "the inspector answers only requests to this machine by name" };
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      return { status: 403, error: "the inspector answers only its own page" };
    }
    const [, token = "", rest] = /^\/([^/?#]*)(?:\/([^?#]*))?/.exec(url) ?? [];
    if (!this.#isToken(token))
      return { status: 404, error: "the inspector's URL has a token in it: see where it was printed" };
    return rest ?? { status: 404, error: "the inspector's URL ends with a slash" };
  }

  /** Why a question is not taken, if it is not: it must come from the page's own script. */
  question({ headers }: IncomingMessage): Refusal | null {
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      return { status: 403, error: "the inspector answers only its own page" };
    }
    const type = headers["content-type"] ?? "";
    if (/^application\/json *(;|$)/i.test(type)) return null;
    return { status: 415, error: `a question is application/json, got ${JSON.stringify(type)}` };
  }

  #isToken(token: string): boolean {
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.token)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
