/**
 * `millrace run --profile` and `--profile-out FOLDER`: the program is watched from before its first line to its end.
 *
 * Files are written synchronously, because the last thing a program does may be `process.exit`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { CommanderError } from "commander";
import { PROFILES, type Profile } from "../pprof/profile.ts";
import { Profiler } from "../pprof/profiler.ts";
import { observeSignals } from "./signals.ts";

/** Of a line where standard error is not a terminal. */
const WIDTH = 120;

/** Watches the program; at its end writes the tables to standard error if they are wanted, and profiles to `folder`. */
export function profileAll(wanted: boolean, folder: string | undefined): void {
  if (folder !== undefined) make(folder);
  const profiler = new Profiler({ cpu: folder !== undefined });
  profiler.start();
  const finish = (): void => {
    if (!profiler.enabled) return;
    const profile = profiler.stop();
    if (wanted) console.error(profile.table({ width: process.stderr.columns ?? WIDTH }));
    if (folder !== undefined) write(profile, folder);
  };
  process.on("exit", finish);
  // Nothing is told of an end by a signal.
  observeSignals((_, listeners) => {
    if (listeners === 0) finish();
  });
}

function make(folder: string): void {
  try {
    mkdirSync(resolve(folder), { recursive: true });
  } catch (error) {
    console.error(`millrace run: can't make ${folder}: ${(error as Error).message}`);
    throw new CommanderError(2, "millrace.profile", "can't make the folder");
  }
}

function write(profile: Profile, folder: string): void {
  try {
    for (const name of PROFILES) writeFileSync(join(resolve(folder), `${name}.pb.gz`), gzipSync(profile.pprof(name)));
    console.error(`millrace run: the profiles are in ${folder}; go tool pprof -http=: ${join(folder, "block.pb.gz")}`);
  } catch (error) {
    console.error(`millrace run: can't write the profiles: ${(error as Error).message}`);
  }
}
