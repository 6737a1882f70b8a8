import { ThreadWorker } from "poolifier";
import { fib } from "./worker.mjs";

export default new ThreadWorker((n) => fib(n));
