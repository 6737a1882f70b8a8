/** Sends every message back to whoever sent it. */
import { isolate } from "../../src/threads/memory/isolate.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { ready } from "./child.ts";

const ECHO = 20;

isolate.on(ECHO, (block) => {
  const from = memory.i32[block + 3] as number;
  memory.i32[block + 3] = memory.self;
  isolate.post(from, block);
});
ready();
