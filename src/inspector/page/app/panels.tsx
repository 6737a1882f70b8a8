/** The panels of the page, in the order of their keys. */
import type { JSX } from "preact";
import { Channels } from "../panels/channels.tsx";
import { Events } from "../panels/events.tsx";
import { Goroutines } from "../panels/goroutines.tsx";
import { Overview } from "../panels/overview.tsx";
import type { PanelProps } from "../panels/panel.ts";
import { Steps } from "../panels/steps.tsx";
import { Things } from "../panels/things.tsx";
import { Timeline } from "../panels/timeline.tsx";
import { Waits } from "../panels/waits.tsx";

export interface Entry {
  /** Its name in the address. */
  readonly name: string;
  readonly title: string;
  readonly panel: (props: PanelProps) => JSX.Element | null;
  /** Its sign, 16 by 16. */
  readonly icon: string;
}

export const PANELS: readonly Entry[] = [
  { name: "overview", title: "Overview", panel: Overview, icon: "M2 2h5v6H2zm7 0h5v3.5H9zm0 5.5h5V14H9zM2 10h5v4H2z" },
  {
    name: "goroutines",
    title: "Goroutines",
    panel: Goroutines,
    icon: "M2 3h2v2H2zm4 0h8v2H6zM2 7h2v2H2zm4 0h8v2H6zm-4 4h2v2H2zm4 0h8v2H6z",
  },
  {
    name: "channels",
    title: "Channels",
    panel: Channels,
    icon: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M7.25 1.5h1.5v3.5h-1.5zM7.25 11h1.5v3.5h-1.5zM8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5",
  },
  {
    name: "waits",
    title: "Who waits",
    panel: Waits,
    icon: "M3.5 1.5a2.5 2.5 0 0 1 .75 4.88V9.6a2.5 2.5 0 0 1 1.6 1.65h4.3a2.5 2.5 0 1 1 0 1.5h-4.3A2.5 2.5 0 1 1 2.75 9.6V6.38A2.5 2.5 0 0 1 3.5 1.5",
  },
  {
    name: "timeline",
    title: "Timeline",
    panel: Timeline,
    icon: "M1.5 3h7v2.5h-7zM6 6.75h8.5v2.5H6zM3.5 10.5h6V13h-6z",
  },
  {
    name: "things",
    title: "Locks & timers",
    panel: Things,
    icon: "M8 1a3.5 3.5 0 0 1 3.5 3.5V7H13v7.5H3V7h1.5V4.5A3.5 3.5 0 0 1 8 1m0 1.5a2 2 0 0 0-2 2V7h4V4.5a2 2 0 0 0-2-2",
  },
  {
    name: "events",
    title: "Events",
    panel: Events,
    icon: "M2 2.5h12V4H2zm0 3.2h9v1.5H2zm0 3.2h12v1.5H2zm0 3.2h7v1.5H2z",
  },
  { name: "steps", title: "Steps", panel: Steps, icon: "M3 3v10l7-5zM11.5 3H13v10h-1.5z" },
];
