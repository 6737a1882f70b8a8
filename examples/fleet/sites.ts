/** What crawl.ts crawls: sites on this machine, of pages that link to each other. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const PAGES = 7;

/** Starts a site. Its page n links to 2n+1 and 2n+2, back to the first, and the first page to `neighbour` too. */
export async function site(name: string, neighbour?: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const n = Number(request.url?.slice(1));
    const links = [2 * n + 1, 2 * n + 2, 0].filter((to) => to < PAGES).map(String);
    if (n === 0 && neighbour !== undefined) links.push(neighbour);
    const list = links.map((to) => `<a href="${to}">${to}</a>`).join("\n");
    response.setHeader("connection", "close").end(`<title>${name} ${n}</title>\n${list}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/0` };
}
