/** The inspector's page, as `millrace run --inspect` serves it. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { HttpSource } from "./ask/http-source.ts";

const token = new URLSearchParams(location.search).get("token") ?? "";
const root = document.getElementById("app");
if (root !== null) render(<App source={new HttpSource("ask", token)} />, root);
