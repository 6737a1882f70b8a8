// No main: the process ends when nothing holds it open, so when standard input was let go of.
import { fromReadable } from "millrace/interop";

process.stdin.setEncoding("utf8");
for await (const chunk of fromReadable<string>(process.stdin)) {
  console.log("ready", chunk.trim());
  break;
}
console.log("left");
