// A panic outside of run and main is an uncaught exception of the host.
import { go } from "millrace";

process.on("uncaughtException", (error) => {
  console.log("uncaught:", error.message);
  process.exitCode = 3;
});
go(function* () {
  throw new Error("in the default run");
});
