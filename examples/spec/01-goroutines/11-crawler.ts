/**
 * What is a Goroutine? › Real-World Use Cases › Scraping / Crawling
 *
 * Crawls a site of 500 linked pages, served here by a local server. A goroutine for each URL found, but a semaphore
 * lets only eight fetch at a time; cancelling the context ends them all.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chan, defer, type Go, main, select, wait } from "millrace";
import * as context from "millrace/context";
import { WaitGroup } from "millrace/sync";

const PAGES = 500;
const AT_ONCE = 8;

/** Page n links to 2n+1 and 2n+2, and back to its parent. */
function page(n: number): string {
  const links = [2 * n + 1, 2 * n + 2, (n - 1) >> 1].filter((to) => to >= 0 && to < PAGES);
  return links.map((to) => `<a href="/${to}">page ${to}</a>`).join("\n");
}

class Crawler {
  readonly seen = new Set<string>();
  fetched = 0;
  atOnce = 0;
  #active = 0;
  readonly #sem = chan<void>(AT_ONCE);
  readonly #wg = new WaitGroup();
  readonly #ctx: context.Context;

  constructor(ctx: context.Context) {
    this.#ctx = ctx;
  }

  *crawl(url: string): Go {
    this.#visit(url);
    yield* this.#wg.wait();
  }

  #visit(url: string): void {
    if (this.seen.has(url)) return;
    this.seen.add(url);
    this.#wg.go(() => this.#fetch(url));
  }

  *#fetch(url: string): Go {
    const s = yield* select({ acquired: this.#sem.send(), cancelled: this.#ctx.done().recv() });
    if (s.case === "cancelled") return;
    using _ = defer(() => void this.#sem.tryRecv()); // release

    this.atOnce = Math.max(this.atOnce, ++this.#active);
    try {
      const response = yield* wait(fetch(url, { signal: this.#ctx.signal }));
      const html = yield* wait(response.text());
      this.fetched++;
      for (const [, href] of html.matchAll(/href="([^"]+)"/g)) this.#visit(new URL(href as string, url).href);
    } catch (e) {
      if (this.#ctx.err() === undefined) throw e;
    } finally {
      this.#active--;
    }
  }
}

main(function* () {
  let requests = 0;
  let cancelAt = Infinity;
  let cancel = (): void => {};
  const server = createServer((req, res) => {
    if (++requests === cancelAt) cancel();
    res.end(page(Number(req.url?.slice(1))));
  });
  server.listen(0, "127.0.0.1");
  yield* wait(once(server, "listening"));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/0`;

  const all = new Crawler(context.background());
  yield* all.crawl(root);
  console.log("pages fetched:", all.fetched, "at once:", all.atOnce);

  const [ctx, stop] = context.withCancel(context.background());
  cancel = stop;
  requests = 0;
  cancelAt = 100;
  const some = new Crawler(ctx);
  yield* some.crawl(root);
  console.log("cancelled after 100 requests, pages fetched: fewer than 100:", some.fetched < 100);
  console.log("requests after that: fewer than", AT_ONCE, requests - cancelAt < AT_ONCE);
});
