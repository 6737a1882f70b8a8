/** Where the build has what the inspector serves and runs. */
import { fileURLToPath } from "node:url";
import { built } from "../../runtime/built.ts";

/** The file that the inspector's thread runs. */
export function workerFile(): URL {
  const file = built("inspector/worker.js");
  if (file === null) throw new Error("the inspector is not in this build");
  return file;
}

export const pageFolder = (): string => fileURLToPath(new URL("page/", workerFile()));

/** The tour, which is beside it. */
export const tourFolder = (): string => fileURLToPath(new URL("../tour/", workerFile()));
