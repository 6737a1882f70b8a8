/** What the program's thread and the inspector's say to each other. */
import type { Note } from "../model/notes.ts";
import type { Batch } from "../recorder.ts";
import type { Look } from "../source.ts";

/** What the inspector's thread is started with. */
export interface Start {
  readonly program: string;
  readonly port: number;
  readonly host: string;
  /** Null for a new one. */
  readonly token: string | null;
  readonly page: string;
  /** Time 0 on the program's monotonic clock, and when that clock began, in milliseconds since 1970. */
  readonly origin: number;
  readonly timeOrigin: number;
  /** Words that both see: `PAGES`. */
  readonly shared: SharedArrayBuffer;
  /** See `Recorder.pulse`. */
  readonly pulse: Float64Array;
}

/** The address that only this machine reaches. */
export const LOOPBACK = "127.0.0.1";

/** How many pages look on. */
export const PAGES = 0;

export type ToInspector =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "looked"; readonly id: number; readonly notes: readonly Note[] };

export type ToProgram =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "failed"; readonly error: string }
  /** So many events have been taken. */
  | { readonly kind: "taken"; readonly events: number }
  | { readonly kind: "look"; readonly id: number; readonly look: Look }
  /** The first page looks on. */
  | { readonly kind: "watched" };
