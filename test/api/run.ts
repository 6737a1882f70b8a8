/** Writes the API reports: `npm run api`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { root } from "../kit/pack.ts";
import { reports } from "./report.ts";

const made = reports();
mkdirSync(`${root}api`, { recursive: true });
for (const file of readdirSync(`${root}api`)) if (!made.has(file)) rmSync(`${root}api/${file}`);
for (const [file, text] of made) writeFileSync(`${root}api/${file}`, text);
console.log(`${made.size} reports in api/`);
