/** What starts a thread in Node, for webpack and Rspack, which make an asset of what the URL says. */
import { Worker } from "node:worker_threads";

const file = new URL("./thread.js", import.meta.url);

export const worker = (options: object): Worker => new Worker(file, options);
