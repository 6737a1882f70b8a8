/** Finding the program that a command is given. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CommanderError } from "commander";

/** The path of the program called `name`. */
export function findFile(command: string, name: string): string {
  const file = resolve(name);
  const problem = whatIsWrong(file);
  if (problem === null) return file;
  console.error(`millrace ${command}: ${name}: ${problem}`);
  throw new CommanderError(2, "millrace.file", problem);
}

/** Why `file` can't be run; null when it can. */
function whatIsWrong(file: string): string | null {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile()) return null;
    return stat === undefined ? "no such file" : stat.isDirectory() ? "is a directory" : "is not a file";
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return REASONS[code] ?? message;
  }
}

/** What the host calls what is wrong with a path, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "name too long",
  EACCES: "permission denied",
  ELOOP: "too many symbolic links",
};
