#!/usr/bin/env node
/**
 * The command `millrace`.
 *
 * Exit codes: what the program says, once it runs; 2 for a command line that can't be understood, as the commands of Go.
 */
import { command } from "./command.ts";
import { loadTypeScript, run } from "./run.ts";

const code = await command(process.argv.slice(2), {
  run,
  async inspect(trace, flags) {
    const { inspectTrace } = await import("./inspect-trace.ts");
    await inspectTrace(trace, flags);
  },
  async explore(file, flags) {
    const { explore } = await import("./explore.ts");
    await loadTypeScript("explore", file);
    await explore(file, flags);
  },
  async worker(files, flags) {
    const { worker } = await import("./worker.ts");
    await loadTypeScript("worker", files.find((name) => /\.[cm]?tsx?$/.test(name)) ?? (files[0] as string));
    await worker(files, flags);
  },
  async tour(port) {
    const { tour } = await import("./tour.ts");
    await tour(port);
  },
});
if (code !== undefined) process.exitCode = code;
