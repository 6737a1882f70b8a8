/** What a program's own thread tells besides events. Times are of the events' clock. */
import type { ThingId } from "../protocol.ts";
import type { ChannelSight } from "./channels.ts";

export type Note =
  /** Where a channel was made, FILE:LINE. */
  | { readonly kind: "made"; readonly id: ThingId; readonly place: string }
  /** The frames of a goroutine as it is now. */
  | { readonly kind: "stack"; readonly key: number; readonly stack: readonly string[] }
  | { readonly kind: "channel"; readonly id: ThingId; readonly sight: ChannelSight }
  /** The counter of a wait group. */
  | { readonly kind: "group"; readonly id: ThingId; readonly value: number }
  /** It runs since then, and has not let anything be told since. */
  | { readonly kind: "running"; readonly key: number; readonly time: number }
  /** Where a goroutine was when it yielded after long, FILE:LINE. */
  | { readonly kind: "slice"; readonly key: number; readonly start: number; readonly place: string }
  /** Channels that nobody refers to any more. */
  | { readonly kind: "gone"; readonly ids: readonly ThingId[] }
  /** So many events could not be told. Those that follow say how everything stands, up to "known". */
  | { readonly kind: "lost"; readonly events: number }
  | { readonly kind: "known" }
  /** The program is over: "" when main returned, else why. */
  | { readonly kind: "over"; readonly text: string; readonly time: number };
