/**
 * What threads tell each other beside tasks: a word that says what it is about, and a value. Told through the inbox, so in
 * order, also while the other's event loop is busy, and seen by whoever looks whether anything is on its way.
 */

import { once } from "../../runtime/copies.ts";
import { isolate, KIND_SCHEDULER } from "../memory/isolate.ts";
import {
  TOLD_ABOUT as ABOUT,
  TOLD_FROM as FROM,
  HEAD,
  KIND,
  TOLD_WORDS,
  TOLD_VALUE as VALUE,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { pointerOf, textAt } from "../memory/names.ts";
import { drop, pack, take } from "./slot.ts";

/** Something is told. */
export const KIND_TOLD: number = KIND_SCHEDULER + 1;

type Listener = (value: unknown, from: number) => void;

const listeners: Map<string, Listener> = once("listeners", () => new Map<string, Listener>());

/**
 * Tells another thread something. Never blocks.
 *
 * @throws ArgumentError when the value can't travel
 */
export function tell(to: number, about: string, value: unknown): void {
  const { i32 } = memory;
  const message = memory.alloc((TOLD_WORDS - HEAD) * 4);
  try {
    pack(message + VALUE, value, about);
  } catch (error) {
    memory.free(message);
    throw error;
  }
  i32[message + KIND] = KIND_TOLD;
  i32[message + ABOUT] = pointerOf(about);
  i32[message + FROM] = memory.self;
  isolate.post(to, message);
}

/** Gives up what nobody is there to hear. */
export function dropTold(message: number): void {
  drop(message + VALUE);
}

/** Says what is to be done when another thread tells something about that. */
export function onTold(about: string, listener: Listener): void {
  listeners.set(about, listener);
}

isolate.on(KIND_TOLD, (message) => {
  const { i32 } = memory;
  const listener = listeners.get(textAt(i32[message + ABOUT] as number));
  const from = i32[message + FROM] as number;
  let value: unknown;
  if (listener === undefined) dropTold(message);
  else value = take(message + VALUE);
  memory.free(message);
  listener?.(value, from);
});
