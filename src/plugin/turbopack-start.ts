/** What starts a thread in a bundle of Turbopack, and where a thread finds a module there. */
import { Worker } from "node:worker_threads";
import { builtin } from "../runtime/host.ts";

/** Whether Turbopack has made chunks of the files of workers. */
let chunks = true;

/**
 * The URL of a module: its name, and behind that the chunk that a thread loads it from, which is another one for each kind of page.
 * Turbopack tells the path of a chunk to nothing but the `Worker` that it starts with it, so `start` gets a stand-in for that.
 */
export function urlOf(name: string, url: string, start: () => unknown): string {
  const threads = builtin("node:worker_threads") as { Worker: unknown };
  const real = threads.Worker;
  let chunk: unknown;
  threads.Worker = function takePath(path: unknown): void {
    chunk = path;
  };
  try {
    start();
  } finally {
    threads.Worker = real;
  }
  // Versions that make none give the URL of a copy of the source.
  chunks = typeof chunk === "string" && /\.[cm]?js$/.test(chunk);
  return chunks ? `${name}?${chunk}` : url;
}

/** What starts a thread, if there are files for it. Asked for after `urlOf`. */
export function worker(): ((options: object) => Worker) | undefined {
  if (!chunks) return undefined;
  return (options) => new Worker(new URL("./turbopack-thread.js", import.meta.url), { ...options });
}
