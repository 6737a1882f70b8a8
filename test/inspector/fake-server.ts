/** Serves the built page and answers of any source, as the inspector's server does. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Questions, Source } from "../../src/inspector/protocol.ts";

const PAGE = fileURLToPath(new URL("../../dist/inspector/page", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
export const TOKEN = "known-to-the-test";

export class FakeServer {
  readonly #server: Server;
  /** Pages that look on. */
  present = 0;
  /** Questions under way, at most. */
  together = 0;
  #underWay = 0;
  /** Until it is resolved, no question is answered. */
  hold: Promise<void> = Promise.resolve();

  constructor(source: Source) {
    this.#server = createServer((request, response) => {
      const [, token, path = ""] = new URL(request.url ?? "/", "http://localhost").pathname.split(/^\/([^/]*)\//);
      if (token !== TOKEN) {
        response.writeHead(404).end(JSON.stringify({ error: "there is a token in the URL" }));
        return;
      }
      if (path === "alive") {
        response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
        this.present++;
        response.on("close", () => this.present--);
        return;
      }
      if (request.method === "GET") {
        const file = join(PAGE, path === "" ? "index.html" : path);
        response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
        try {
          response.end(readFileSync(file));
        } catch {
          response.writeHead(404).end();
        }
        return;
      }
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", async () => {
        this.together = Math.max(this.together, ++this.#underWay);
        await this.hold;
        const { question, about } = JSON.parse(text) as { question: keyof Questions; about: never };
        try {
          response.end(JSON.stringify(await source.ask(question, about)));
        } catch (error) {
          response.writeHead(400).end(JSON.stringify({ error: (error as Error).message }));
        }
        this.#underWay--;
      });
    });
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
