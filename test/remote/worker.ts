/** Worker processes, which tests kill. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What a worker is to work on. */
export interface WorkerSpec {
  readonly file: string;
  readonly fleet: string;
  readonly lease: number;
  readonly concurrency: number;
  /** How many milliseconds a message takes. */
  readonly takes: number;
}

const program = fileURLToPath(new URL("./worker.mjs", import.meta.url));

/** Starts one; it says `begun N` and then `acked N`, or `lost N` where the ack came too late, for the messages it has. */
export function worker(spec: WorkerSpec, seen: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(spec)], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on(
    "line",
    (line) => void seen.push(line),
  );
  return child;
}
