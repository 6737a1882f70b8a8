/** Finding the program that a command is given. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CommanderError } from "commander";

/** The path of the program called `name`. */
export function findFile(command: string, name: string): string {
  const file = resolve(name);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile()) return file;
  const what = stat === undefined ? "no such file" : stat.isDirectory() ? "is a directory" : "is no file";
  console.error(`millrace ${command}: ${name}: ${what}`);
  throw new CommanderError(2, "millrace.file", what);
}
