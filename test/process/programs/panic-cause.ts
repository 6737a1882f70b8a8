// An error with fields of its own and causes, the innermost of which is no error.
import { type Go, main, wait } from "millrace";

class PageError extends Error {
  override readonly name = "PageError";
  readonly code = "E_PAGE";
  readonly url: string;
  readonly request = { retries: 2, headers: { accept: "text/html", deep: { deeper: {} } } };
  readonly before: Error;

  constructor(url: string, before: Error, cause: unknown) {
    super(`cannot load ${url}`, { cause });
    this.url = url;
    this.before = before;
  }

  /** What a report asks for must not end it. */
  get hostile(): never {
    throw new Error("a getter that throws");
  }
}

async function connect(): Promise<never> {
  await null;
  const error = new Error("connection refused", { cause: "ECONNREFUSED" });
  throw Object.assign(error, { code: "ECONNREFUSED", port: 80 });
}

function* request(): Go {
  try {
    yield* wait(connect());
  } catch (cause) {
    throw new TypeError("fetch failed", { cause });
  }
}

main(function* load() {
  try {
    yield* request();
  } catch (cause) {
    const error = new PageError("/index", new RangeError("too late"), cause);
    Object.defineProperty(error, "broken", { enumerable: true, get: () => error.hostile });
    throw error;
  }
});
