/** The Chromium of this machine: `CHROMIUM` names one, else it is looked for where systems put it. */
import { existsSync } from "node:fs";

const places = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Where it is; undefined where there is none, which CI does not accept. */
export function findChromium(): string | undefined {
  const found = places.find((place) => place !== "" && existsSync(place));
  if (found === undefined && process.env.CI !== undefined) {
    throw new Error("no Chromium found: install one, or set CHROMIUM to its path");
  }
  return found;
}
