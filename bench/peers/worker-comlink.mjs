import { parentPort } from "node:worker_threads";
import { expose } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { fib } from "./worker.mjs";

expose({ fib, same: (value) => value }, nodeEndpoint(parentPort));
