/** The inspector's page, as `millrace run --inspect` serves it: the token is in the path, so all is relative to that. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { HttpSource } from "./ask/http-source.ts";
import { keepPresent } from "./ask/presence.ts";

const source = new HttpSource("ask");
keepPresent(source, "alive");
const root = document.getElementById("app");
if (root !== null) render(<App source={source} />, root);
