/**
 * A polite crawl: the pages of a host one at a time and in order, and 50 pages a second in all, from however many processes
 * crawl. The server keeps out what was seen: a page's id is its URL.
 *
 *     npx millrace run examples/fleet/crawl.ts
 */
import { type Go, go, main, wait } from "millrace";
import { connect, type Queue, type QueueStats } from "millrace/remote";
import { Hour, now, since, sleep } from "millrace/time";
import { site } from "./sites.ts";
import { transport } from "./transport.ts";

const left = ({ ready, delayed, parked, leased }: QueueStats): number => ready + delayed + parked + leased;

function add(pages: Queue<string>, url: string) {
  return pages.send(url, { id: url, key: new URL(url).host });
}

function* crawl(): Go {
  const tea = yield* wait(site("tea"));
  const milk = yield* wait(site("milk", tea.url));
  const sugar = yield* wait(site("sugar", milk.url));

  const fleet = yield* connect(transport(), { name: "crawl" });
  const pages = fleet.queue<string>("pages", { rate: { perSecond: 50, burst: 1 }, idWindow: 24 * Hour });
  const start = now();
  yield* add(pages, sugar.url);

  // A page is acked when its links are stored, so a queue that is empty stays empty.
  go(function* () {
    while (left(yield* pages.stats()) > 0) yield* sleep(50);
    pages.close();
  });

  const titles = new Map<string, string[]>();
  yield* pages.work(
    function* (url) {
      const response = yield* wait(fetch(url));
      const html = yield* wait(response.text());
      const title = /<title>(.*)<\/title>/.exec(html)?.[1] ?? url;
      const { host } = new URL(url);
      titles.set(host, [...(titles.get(host) ?? []), title]);
      for (const [, href = ""] of html.matchAll(/href="([^"]+)"/g)) yield* add(pages, new URL(href, url).href);
    },
    { concurrency: 20 },
  );

  for (const each of titles.values()) console.log(each.join(", "));
  console.log(`in ${Math.round(since(start))} ms, ${(yield* pages.stats()).dead} pages given up`);
  yield* pages.drop();
  yield* fleet.drain();
  for (const { server } of [tea, milk, sugar]) server.close();
}

main(crawl);
