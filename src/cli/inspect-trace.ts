/** `millrace inspect TRACE`: a recorded trace in the inspector's page, until Ctrl-C. */
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { openTrace } from "../inspector/recorded/recorded.ts";
import { pageFolder } from "../inspector/server/built.ts";
import { serve } from "../inspector/server/server.ts";
import { findFile } from "./file.ts";

/** The longest text that the host has. */
const MOST = 2 ** 29 - 24;

export async function inspectTrace(name: string, { port }: { readonly port: number }): Promise<void> {
  const file = findFile("inspect", name);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MOST) throw new Error(`it has more than ${MOST} bytes`);
    const { url } = await serve(openTrace(bytes.toString("utf8"), name), { port, page: pageFolder() });
    console.error(`millrace inspect: ${name} is at ${url} until Ctrl-C`);
  } catch (error) {
    console.error(`millrace inspect: ${name}: ${(error as Error).message}`);
    throw new CommanderError(2, "millrace.trace", "can't open the trace");
  }
}
