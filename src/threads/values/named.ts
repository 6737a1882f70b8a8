/**
 * Parallel functions on their way: as their name, so a function that is an argument, or part of a value, arrives as that
 * thread's own copy of it. On a thread that has not loaded its module it arrives as a function that says so when it is
 * called; `go` of it works all the same, because `go` sends the name on.
 */
import { ArgumentError } from "../../runtime/panic.ts";
import { isolate } from "../memory/isolate.ts";
import { pointerOf, textAt } from "../memory/names.ts";
import { HANDLE, registerHandle } from "./handles.ts";
import { PARALLEL, type Parallel, parallelOf, parallels } from "./registry.ts";

/** Makes parallel functions able to travel. */
export function sendFunctions(): void {
  registerHandle({
    kind: HANDLE.parallel,
    is: (value) => typeof value === "function" && parallelOf(value as Parallel["fn"]) !== undefined,
    encode(value) {
      const f = parallelOf(value as Parallel["fn"]) as Parallel;
      isolate.open(); // one that runs on its own thread is copied through the shared memory, too
      f.pointer ||= pointerOf(`${f.name}\n${f.url}`);
      return f.pointer;
    },
    decode(pointer) {
      const [name = "", url = ""] = textAt(pointer).split("\n");
      return parallels.get(name)?.fn ?? absent(name, url, pointer);
    },
    release() {}, // names stay for good
  });
}

function absent(name: string, url: string, pointer: number): Parallel["fn"] {
  const fn = (): never => {
    throw new ArgumentError(
      `parallel: this thread has not loaded ${JSON.stringify(name)}; import ${url} to call it here`,
    );
  };
  Object.defineProperty(fn, "name", { value: name });
  const entry: Parallel = { name, url, importable: true, commonjs: false, fn, pointer }; // by others
  return Object.defineProperty(fn, PARALLEL, { value: entry });
}
