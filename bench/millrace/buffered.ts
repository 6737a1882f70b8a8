/** As the hand-off, with room for 1024 values: most sends and receives find room or a value and need not wait. */
import { oneToOne, oneToOneAwait } from "./hand-off.ts";

export function buffered(n: number): Promise<void> {
  return oneToOne(1024, n);
}

export function bufferedAwait(n: number): Promise<void> {
  return oneToOneAwait(1024, n);
}
