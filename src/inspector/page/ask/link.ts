/** Whether what answers can be reached, and what an answer that does not come means. */

/** Nobody answers: the program is gone, or not there yet. It is asked again, less and less often. */
export class Lost extends Error {}

/** It answers, and not to us: the page's token is not (or no longer) the program's. */
export class Refused extends Error {}

export interface Link {
  /** `slow`: a question has been under way for a while; the program runs something that does not yield. */
  readonly state: "connecting" | "open" | "slow" | "lost" | "refused";
  /** When it is asked again, in milliseconds of `performance.now()`; 0 unless lost. */
  readonly retryAt: number;
  readonly problem: string;
}

/** How long after the nth answer in a row that did not come it is asked again, in milliseconds. */
export function backoff(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), 8000);
}
