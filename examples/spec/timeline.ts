/**
 * Prints what the runtime does, one line a step, in the words of the specification's execution timelines.
 *
 * Shared by the examples of those chapters.
 */
import { listen, type RuntimeEvent } from "millrace";
import { goroutine } from "./hchan.ts";

/** Follows the runtime until it is disposed of. */
export function timeline(): Disposable {
  const channels = new Map<number, Ring>();
  const parked = new Set<number>();
  const stop = listen((event) => {
    const line = describe(event, channels, parked);
    if (line !== undefined) console.log(`  ${line}`);
  });
  return { [Symbol.dispose]: stop };
}

interface Ring {
  sendx: number;
  recvx: number;
  readonly capacity: number;
}

function describe(event: RuntimeEvent, channels: Map<number, Ring>, parked: Set<number>): string | undefined {
  const g = "g" in event ? goroutine(event.g) : "";
  const ch = "chan" in event ? channels.get(event.chan) : undefined;
  switch (event.kind) {
    case "chan-make":
      channels.set(event.chan, { sendx: 0, recvx: 0, capacity: event.capacity });
      return `an hchan is made, dataqsiz = ${event.capacity}, sendq and recvq empty`;
    case "go-create":
      return event.by === 0 ? undefined : `${goroutine(event.by)} starts ${g}`;
    case "go-park":
      if (ch === undefined) return undefined; // it sleeps, or waits for another goroutine's end
      parked.add(event.g);
      return `${g} is parked in ${event.reason === "chan send" ? "sendq" : "recvq"}`;
    case "go-ready":
      return parked.delete(event.g) ? `${g} is woken: back in the run queue` : undefined;
    case "go-end":
      return `${g} ends`;
    case "chan-send":
      if (ch === undefined || event.direct) return `${g} hands ${event.value} to the waiting receiver`;
      return `${g} puts ${event.value} into buf[${take(ch, "sendx")}], qcount = ${event.length}`;
    case "chan-recv":
      if (!event.ok) return `${g} takes the zero value: closed and drained`;
      if (ch === undefined || event.direct) return `${g} takes ${event.value} from the waiting sender`;
      return `${g} takes ${event.value} from buf[${take(ch, "recvx")}], qcount = ${event.length}`;
    case "chan-close":
      return `${g} sets the closed flag`;
    default:
      return undefined;
  }
}

/** The index now, which then moves on to the next slot of the ring. */
function take(ch: Ring, end: "sendx" | "recvx"): number {
  const at = ch[end];
  ch[end] = (at + 1) % ch.capacity;
  return at;
}
