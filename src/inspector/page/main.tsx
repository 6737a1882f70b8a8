/** The inspector's page, as `millrace run --inspect` serves it. */
import { render } from "preact";
import type { Source } from "../protocol.ts";
import { App } from "./app/app.tsx";
import { connected } from "./ask/connected.ts";

const root = document.getElementById("app");
if (root !== null) render(<App source={connected()} openTrace={openTrace} />, root);

/** A recorded trace, read in the page itself; what reads it is loaded when there is one to read. */
async function openTrace(file: File): Promise<Source> {
  const [{ openTrace }, text] = await Promise.all([import("../recorded/recorded.ts"), file.text()]);
  return openTrace(text, file.name);
}
