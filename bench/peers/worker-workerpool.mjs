import workerpool from "workerpool";
import { fib } from "./worker.mjs";

workerpool.worker({ fib });
