/**
 * `millrace tour`: serves the tour's files on this machine, until Ctrl-C.
 *
 * The tour needs nothing of a server but its files: what runs, runs in the browser. So this answers GET for the files that
 * the build made and nothing else, to nobody but this machine's own browser: it listens on loopback, and a request that
 * names another host (a page elsewhere whose name was made to lead here) is refused.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CommanderError } from "commander";
import { type Asset, readAssets } from "../inspector/server/assets.ts";
import { tourFolder } from "../inspector/server/built.ts";

/** The page's: scripts and styles of its own, a program's thread, and nobody to talk to. */
const PAGE =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** That thread's: it imports the program, which is a blob, and has nobody to talk to either. */
const PROGRAM = "default-src 'none'; script-src 'self' blob:";

export interface Tour {
  readonly url: string;
  readonly server: Server;
}

/**
 * @param port 0 for any that is free
 * @param folder where the build has put the tour
 */
export async function serveTour(port: number, folder: string = tourFolder()): Promise<Tour> {
  const files = readAssets(folder);
  if (files.size === 0)
    throw new Error("the tour is not in this build; in a checkout of Millrace, npm run build makes it");
  const server = createServer((request, response) => answer(request, response, files));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as { readonly port: number };
  return { url: `http://127.0.0.1:${bound}/`, server };
}

function answer(request: IncomingMessage, response: ServerResponse, files: ReadonlyMap<string, Asset>): void {
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  };
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    refuse(403, "The tour answers to 127.0.0.1 and localhost.");
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuse(405, "The tour only has files.");
    return;
  }
  const path = (request.url ?? "/").replace(/[?#].*$/, "");
  const name = path === "/" ? "index.html" : path.slice(1);
  const file = files.get(name);
  if (file === undefined) {
    refuse(404, "There is no such file in the tour.");
    return;
  }
  response.writeHead(200, {
    "content-type": file.type,
    "content-length": file.body.length,
    "content-security-policy": name.startsWith("library/") ? PROGRAM : PAGE,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  });
  response.end(request.method === "HEAD" ? undefined : file.body);
}

export async function tour(port: number): Promise<void> {
  let served: Tour;
  try {
    served = await serveTour(port);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    console.error(
      `millrace tour: ${code === "EADDRINUSE" ? `port ${port} is in use; name another by --port` : message}`,
    );
    throw new CommanderError(2, "millrace.tour", "the tour can't be served");
  }
  console.log(`The tour is at ${served.url} (Ctrl-C ends it)`);
}
