/** Starts a TypeScript file of the tests on a worker thread: tsx does not do that by itself on Node 20. */
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.file);
