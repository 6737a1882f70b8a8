/** Sends what would set prototypes, if it were merged without care, to another thread and back. */
import { go, main } from "millrace";
import { parallel } from "millrace/threads";

const HOSTILE = [
  '{"__proto__":{"admin":true}}',
  '{"a":1,"__proto__":{"admin":true},"b":{"__proto__":{"admin":true}}}',
  '{"constructor":{"prototype":{"admin":true}}}',
];

const isClean = (value: object): boolean =>
  Object.getPrototypeOf(value) === Object.prototype && ({} as { admin?: unknown }).admin === undefined;

const echo = parallel(import.meta, "echo", (value: object) => ({ value, clean: isClean(value) }));

main(function* () {
  for (const text of HOSTILE) {
    const { value, clean } = yield* go(echo, JSON.parse(text) as object).join();
    console.log(clean, isClean(value), JSON.stringify(value) === text);
  }
});
