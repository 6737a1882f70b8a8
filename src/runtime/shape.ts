/**
 * Keeping the shapes of classes alive.
 *
 * V8 forgets the shape of a class when it collects garbage and finds no instance, and with the shape the code that was
 * optimised for it. For objects that come and go, such as timers and contexts, that happens at every other collection, and
 * each time they cost three times as much until the code is optimised again. One instance that stays prevents it; its
 * fields must have held all kinds of values that they take.
 */
const kept: object[] = [];

/** Keeps one instance for its shape. */
export function keepShape(instance: object): void {
  kept.push(instance);
}
