/** The inspector's panels beside the editor: the program that runs, or is held. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  Breakpoints,
  Channels,
  Detail,
  Execution,
  Goroutines,
  type PanelProps,
  Schedule,
  StepControls,
  Things,
  Timeline,
  useAsk,
  Waits,
} from "../../inspector/page/index.ts";
import type { Session } from "../program/session.ts";

interface Tab {
  readonly name: string;
  readonly title: string;
  readonly panel: (props: PanelProps) => JSX.Element | null;
  /** It wants more room than a list does. */
  readonly large?: boolean;
}

const TABS: readonly Tab[] = [
  { name: "goroutines", title: "Goroutines", panel: Goroutines },
  { name: "channels", title: "Channels", panel: Channels },
  { name: "waits", title: "Who waits", panel: Waits, large: true },
  { name: "timeline", title: "Timeline", panel: Timeline, large: true },
  { name: "locks", title: "Locks", panel: Things },
];
const STEPS: Tab = { name: "steps", title: "Steps", panel: Steps, large: true };

function Steps(props: PanelProps): JSX.Element {
  return (
    <div class="tour-steps">
      <Execution {...props} />
      <Breakpoints source={props.source} />
      <Schedule source={props.source} />
    </div>
  );
}

export function Panels({ session }: { readonly session: Session | null }): JSX.Element {
  if (session === null || !session.started || session.ending === "stopped") {
    return (
      <aside class="tour-panels is-empty" aria-label="Inspector">
        <p class="notice">
          {session?.ending === "stopped"
            ? "The program was stopped, and with it went what could be seen of it."
            : "Its goroutines and channels are shown here while it runs, or is stepped through."}
        </p>
      </aside>
    );
  }
  return <Shown key={String(session.stepping)} session={session} />;
}

function Shown({ session }: { readonly session: Session }): JSX.Element {
  const [tab, setTab] = useState("goroutines");
  const [selected, onSelect] = useState("");
  const first = useAsk(session, "channels", { offset: 0, limit: 1 }).data?.rows[0]?.id ?? "";
  // The drawing of the first channel is what most lessons are about.
  useEffect(() => {
    if (selected === "" && first !== "") onSelect(first);
  }, [first]);
  const tabs = session.stepping ? [...TABS, STEPS] : TABS;
  const { panel: Panel, large = false } = tabs.find(({ name }) => name === tab) ?? (tabs[0] as Tab);
  const shown = { source: session, selected, onSelect };
  return (
    <aside class={large ? "tour-panels is-large" : "tour-panels"} aria-label="Inspector">
      <StepControls source={session} onSelect={() => {}} keys />
      <div class="tour-tabs" role="tablist" aria-label="Panels">
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === tab}
            class={name === tab ? "is-current" : ""}
            onClick={() => setTab(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="tour-panel" role="tabpanel">
        <Panel {...shown} />
      </div>
      <div class="tour-detail">
        <Detail {...shown} />
      </div>
    </aside>
  );
}
