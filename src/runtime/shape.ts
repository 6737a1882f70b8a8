/**
 * Keeping the shapes of classes alive.
 *
 * V8 forgets the shape of a class when it collects garbage and finds no instance, and with the shape the code that was
 * optimised for it. For objects that come and go, such as timers and contexts, that happens at every other collection, and
 * each time they cost three times as much until the code is optimised again. One instance that stays prevents it; its
 * fields must have held all kinds of values that they take.
 */
import { tap } from "./events.ts";
import { m } from "./m.ts";
import { numbers } from "./numbers.ts";

const kept: object[] = [];

/** Keeps one instance for its shape. */
export function keepShape(instance: object): void {
  kept.push(instance);
}

/**
 * Keeps the instances that `make` makes, at any moment of a program: nothing is told of them and no number is used up, so what
 * follows is the same whether it was done before or not.
 */
export function keepQuietly(make: () => readonly object[]): void {
  const { listener } = tap;
  const { touch } = m;
  const { chans } = numbers;
  tap.listener = null;
  m.touch = null;
  try {
    kept.push(...make());
  } finally {
    tap.listener = listener;
    m.touch = touch;
    numbers.chans = chans;
  }
}
