/**
 * An inspector that a program starts itself: at once, with a signal, or when it is asked for.
 *
 * There is one in a process. It is started once, and everybody who asks gets that one until it is closed.
 */
import { unexpected, whole } from "../runtime/args.ts";
import { environment } from "../runtime/host.ts";
import { ArgumentError } from "../runtime/panic.ts";
import { Feed, say } from "./server/feed.ts";

/** Where the inspector listens, and who may ask it. */
export interface InspectOptions {
  /** The port; 0, which is the default, for any that is free. */
  readonly port?: number | undefined;
  /**
   * The address to listen at; `127.0.0.1` by default, which only this machine reaches. In a container `0.0.0.0`: then
   * everyone who reaches the port and knows the token sees all that the program does, so keep the port private.
   */
  readonly host?: string | undefined;
  /** The secret in the page's address, at least 16 letters, digits, `-` or `_`; a new one of 24 random bytes by default. */
  readonly token?: string | undefined;
}

/** An inspector that runs. */
export interface Attached {
  /** The address of its page, with the token. */
  readonly url: string;
  /** Ends it: the program pays nothing any more. */
  close(): void;
}

/** The one that runs or is being started. */
let current: Promise<Attached> | null = null;

/**
 * Starts the inspector, if it does not run yet, and says where its page is.
 *
 * What happened before is not known; goroutines, and channels that are waited for, are.
 *
 * @param options `port`, `host` and `token`; not used when an inspector runs already
 * @returns the address of the page, and how to end it
 * @throws ArgumentError for an option that makes no sense
 * @throws Error (rejects) when the port can't be listened at, or this host has no threads for the inspector
 *
 * @example
 * ```ts
 * import { inspect } from "millrace/inspector"; // with MILLRACE_INSPECT=late this starts nothing yet
 * // In an administrator's request:
 * const { url, close } = await inspect({ port: 0 });
 * console.log(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/.test(url)); // true
 * close();
 * ```
 */
export function inspect(options: InspectOptions = {}): Promise<Attached> {
  const where = check(options);
  current ??= start(where).catch((error: unknown) => {
    current = null;
    throw error;
  });
  return current;
}

async function start(where: Where): Promise<Attached> {
  const feed = await Feed.start({ ...where, program: process.argv[1] ?? "a program" });
  const exit = (code: number): void => feed.over(code);
  process.on("exit", exit);
  return {
    url: feed.url,
    close() {
      process.off("exit", exit);
      feed.close();
      current = null;
    },
  };
}

type Where = { readonly port: number; readonly host: string; readonly token: string | null };

function check({ port = 0, host = "127.0.0.1", token }: InspectOptions): Where {
  whole("inspect: port", port, 0, 65_535);
  if (typeof host !== "string" || host === "") {
    throw unexpected("inspect: host", "an address to listen at", host);
  }
  if (token !== undefined && (typeof token !== "string" || !/^[\w-]{16,}$/.test(token))) {
    throw new ArgumentError("inspect: token must have at least 16 letters, digits, - or _");
  }
  return { port, host, token: token ?? null };
}

/** What MILLRACE_INSPECT says; null for not now. MILLRACE_INSPECT_TOKEN is the token. */
function fromEnvironment(): InspectOptions | null {
  const text = environment("MILLRACE_INSPECT") ?? "";
  if (text === "late") return null;
  if (text === "") return tokenOnly();
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined) {
    throw unexpected("MILLRACE_INSPECT", 'a port, HOST:PORT or "late"', text);
  }
  return { port: Number(port), host: host?.replace(/^\[(.*)\]$/, "$1"), ...tokenOnly() };
}

const tokenOnly = (): InspectOptions => ({ token: environment("MILLRACE_INSPECT_TOKEN") || undefined });

/** Starts the inspector, or makes SIGUSR2 start it, as the environment says. */
export function attach(): void {
  const options = fromEnvironment();
  if (options !== null) begin(options);
  else process.on("SIGUSR2", () => begin(tokenOnly()));
}

/** Starts it, and says where it is, or why it can't be. The program goes on in either case. */
function begin(options: InspectOptions): void {
  inspect(options).then(
    ({ url }) => {
      // A token that was given is known to those who gave it, and need not be in a log.
      const address = options.token === undefined ? url : url.replace(options.token, "TOKEN");
      say(`millrace: the inspector is at ${address}\n`);
    },
    (error: Error) => say(`millrace: the inspector can't start: ${error.message}\n`),
  );
}
