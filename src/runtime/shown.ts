/** What `console.log` shows of our own objects in Node, where it would show all that is inside the runtime. */

const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

/** Says what is shown of every instance. Not a member of the class: declarations can't express its name. */
export function shownAs<T extends object>(prototype: T, text: (self: T) => string): void {
  Object.defineProperty(prototype, CUSTOM, {
    value(this: T) {
      return text(this);
    },
  });
}
