/** This thread's part in the program: what the core asks of other threads. */
import { runtime } from "../runtime/api.ts";
import { m } from "../runtime/m.ts";
import type { Others } from "../runtime/others.ts";
import { memory } from "./memory/memory.ts";
import { crew } from "./sched/crew.ts";
import { goroutinesElsewhere } from "./sched/dump.ts";
import { callAnywhere, goAnywhere } from "./sched/go.ts";
import { halts } from "./sched/loading.ts";
import { asleep } from "./sched/quiet.ts";
import { awayOf } from "./sched/run.ts";
import { unjoined } from "./sched/unjoined.ts";
import { procs } from "./sched/wakep.ts";
import { shareBuffers } from "./values/buffers.ts";
import { sendContexts } from "./values/context.ts";
import { sendFunctions } from "./values/named.ts";

const others: Others = {
  go: goAnywhere,
  call: callAnywhere,
  procs: (n) => crew.procs(n),
  threads: () => crew.info(),
  away: awayOf,
  unjoined: (p) => void unjoined.tell(p),
  goroutines: goroutinesElsewhere,
  asleep,
  halts: () => memory.self !== 0 && halts(),
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
