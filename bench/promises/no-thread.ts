/** The task is done where it is asked for. */
import { fib } from "../program.ts";
import { taskPrograms } from "./tasks.ts";

export default taskPrograms(() => async (k) => fib(k));
