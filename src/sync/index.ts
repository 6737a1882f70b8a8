export { Action } from "../runtime/action.ts";
export { Mutex } from "./mutex.ts";
export { WaitGroup } from "./waitgroup.ts";
