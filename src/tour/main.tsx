/** The tour's page. */

import { lessons } from "virtual:lessons";
import { render } from "preact";
import { Tour } from "./app/tour.tsx";

const root = document.getElementById("tour");
if (root !== null) render(<Tour lessons={lessons} />, root);
