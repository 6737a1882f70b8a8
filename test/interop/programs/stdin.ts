// Numbers the lines of standard input, or stops after some.
import { createInterface } from "node:readline";
import { main, range } from "millrace";
import { fromIterable, fromReadable } from "millrace/interop";

const [, , mode] = process.argv;

main(function* () {
  if (mode === "lines") {
    let n = 0;
    const lines = fromIterable(createInterface({ input: process.stdin }));
    for (const r = range(lines); yield* r.next(); ) console.log(++n, r.value);
    return;
  }
  using chunks = fromReadable<Buffer>(process.stdin, { capacity: 2 });
  let bytes = 0;
  for (const r = range(chunks); yield* r.next(); ) {
    bytes += r.value.length;
    if (mode === "first") break;
  }
  console.log(mode === "first" ? bytes > 0 : bytes);
});
