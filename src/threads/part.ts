/** This thread's part in the program: what the core asks of other threads. */
import { runtime } from "../runtime/api.ts";
import { m } from "../runtime/m.ts";
import type { Others } from "../runtime/others.ts";
import { shareBuffers } from "./buffers.ts";
import { sendContexts } from "./context.ts";
import { crew } from "./crew.ts";
import { goroutinesElsewhere } from "./dump.ts";
import { callAnywhere, goAnywhere } from "./go.ts";
import { memory } from "./memory.ts";
import { sendFunctions } from "./named.ts";
import { asleep } from "./quiet.ts";
import { awayOf } from "./sharedrun.ts";
import { procs } from "./wakep.ts";

const others: Others = {
  go: goAnywhere,
  call: callAnywhere,
  procs: (n) => crew.procs(n),
  away: awayOf,
  goroutines: goroutinesElsewhere,
  asleep,
  stop: () => crew.stop(),
};

/** From now on there may be other threads. On one that others started, settles when it may begin to work. */
export function takePart(): Promise<void> | undefined {
  if (m.others !== null) return undefined;
  sendContexts();
  sendFunctions();
  const buffersKnown = shareBuffers();
  // A thread that others have started must not set it back.
  if (!memory.opened || procs() === 0) crew.procs(runtime.gomaxprocs());
  m.others = others;
  return buffersKnown;
}
