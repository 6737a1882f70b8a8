/**
 * What an isolate holds of what is shared: one entry for each object that its program has a handle of, in a list in the
 * isolate's record, so that another thread can give up the references of one that has died.
 *
 * An entry is also a message that is not sent yet. One that waits for its object to end is on a list of the object's then
 * (`HOLD_WAITS`) and can't be freed by its own isolate; it is left without an object, and freed by whichever thread takes
 * it off that list, or gets it.
 */
import { HEAD, HOLD_BEFORE, HOLD_NEXT, HOLD_OBJECT, HOLD_WAITS, HOLD_WEIGHT, HOLD_WORDS, HOLDS } from "./layout.ts";
import { memory } from "./memory.ts";

/**
 * Holds `object`, one reference of which is this isolate's; gives the entry.
 *
 * @throws Panic SHARED_MEMORY when there is no room left
 */
export function hold(object: number): number {
  const entry = memory.alloc((HOLD_WORDS - HEAD) * 4);
  const { i32, record } = memory;
  const next = i32[record + HOLDS] as number;
  i32[entry + HOLD_OBJECT] = object;
  i32[entry + HOLD_WEIGHT] = 0;
  i32[entry + HOLD_WAITS] = 0;
  i32[entry + HOLD_BEFORE] = 0;
  i32[entry + HOLD_NEXT] = next;
  if (next !== 0) i32[next + HOLD_BEFORE] = entry;
  i32[record + HOLDS] = entry;
  return entry;
}

/** Takes the entry off the list. The reference is the caller's then. */
export function unhold(entry: number): void {
  const { i32, record } = memory;
  const next = i32[entry + HOLD_NEXT] as number;
  const before = i32[entry + HOLD_BEFORE] as number;
  if (before === 0) i32[record + HOLDS] = next;
  else i32[before + HOLD_NEXT] = next;
  if (next !== 0) i32[next + HOLD_BEFORE] = before;
  discardHold(entry);
}

/** Gives an entry back that is on no isolate's list. */
export function discardHold(entry: number): void {
  const { i32 } = memory;
  if (i32[entry + HOLD_WAITS] === 0) memory.free(entry);
  else i32[entry + HOLD_OBJECT] = 0;
}
