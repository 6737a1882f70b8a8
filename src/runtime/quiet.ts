/** Waiting until nothing goes on by itself any more. */
import { macrotask } from "./host.ts";
import { m } from "./m.ts";
import type { P } from "./proc.ts";

/** Turns of the host in which nothing happens, after which nothing is taken to happen any more. */
const QUIET_TURNS = 3;
/** Turns after which a goroutine that still runs is taken to run for ever. */
const MAX_TURNS = 100;

/** Calls `fn` once no goroutine of `runs` is runnable and none was for some turns of the host. */
export function whenQuiet(runs: () => readonly P[], fn: () => void): void {
  let quiet = 0;
  let turns = 0;
  const look = (): void => {
    quiet = m.owesHost || runs().some((p) => p.busy) ? 0 : quiet + 1;
    if (quiet === QUIET_TURNS || ++turns === MAX_TURNS) fn();
    else macrotask(look);
  };
  macrotask(look);
}
