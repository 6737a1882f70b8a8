/** Which part of a long list to ask for, and the rows of it that are there. */
import { useState } from "preact/hooks";

/** Parts begin and end at multiples of it: a scroll of a few rows needs no new question. */
const BLOCK = 100;

export interface Part {
  readonly offset: number;
  readonly limit: number;
}

/** The part around the rows in sight, and what the list calls when those change. */
export function usePart(): [Part, (first: number, end: number) => void] {
  const [part, setPart] = useState<Part>({ offset: 0, limit: 2 * BLOCK });
  const onRange = (first: number, end: number): void => {
    const offset = Math.max(0, Math.floor((first - BLOCK / 4) / BLOCK) * BLOCK);
    const limit = Math.ceil((end + BLOCK / 4 - offset) / BLOCK) * BLOCK;
    if (offset !== part.offset || limit !== part.limit) setPart({ offset, limit });
  };
  return [part, onRange];
}

/** The row at `index` of an answer to a question for a part. */
export function rowAt<Row>(rows: readonly Row[] | undefined, about: Part | undefined, index: number): Row | undefined {
  return rows?.[index - (about?.offset ?? 0)];
}
