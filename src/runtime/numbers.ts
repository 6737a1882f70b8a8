/**
 * What is counted over all runs: the numbers by which events and dumps call runs and channels. All copies of the library
 * count together, so that no two things have one number.
 *
 * A run that is repeated under the stepper sets them back, so that the same things have the same numbers again.
 */
import { once } from "./copies.ts";

export const numbers: { runs: number; chans: number } = once("numbers", () => ({ runs: 0, chans: 0 }));
