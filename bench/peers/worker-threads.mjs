import { expose } from "threads/worker";
import { fib } from "./worker.mjs";

expose({ fib });
