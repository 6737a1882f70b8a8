/** The inspector's page, as `millrace run --inspect` serves it. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { connected } from "./ask/connected.ts";

const root = document.getElementById("app");
if (root !== null) render(<App source={connected()} />, root);
