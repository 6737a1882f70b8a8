/** Where the build has what the inspector serves and runs. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the build that has the inspector's thread and page. From the build, in one file or in several, and from the sources. */
function built(): URL {
  for (const path of ["./inspector/", "../inspector/", "../../../dist/inspector/", "./"]) {
    const folder = new URL(path, import.meta.url);
    if (existsSync(new URL("worker.js", folder))) return folder;
  }
  throw new Error("the inspector is not in this build");
}

/** The file that the inspector's thread runs. */
export const workerFile = (): URL => new URL("worker.js", built());

export const pageFolder = (): string => fileURLToPath(new URL("page/", built()));

/** The tour, which is beside it. */
export const tourFolder = (): string => fileURLToPath(new URL("../tour/", built()));
