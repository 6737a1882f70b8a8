// process.exitCode is respected when main returns, and process.exit at any time; a panic is 2.
import { main } from "millrace";

main(function* () {
  process.exitCode = 3;
  if (process.argv[2] === "exit") process.exit(5);
  if (process.argv[2] === "panic") throw new Error("2 it is");
});
