/** The page around the panels: which one is seen, what is selected, keys, the theme, a file that is dropped. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Source } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { Detail } from "../panels/detail.tsx";
import { StepControls } from "../panels/step-controls.tsx";
import { isTyping } from "../ui/keys.ts";
import { Help } from "./help.tsx";
import { LinkBanner } from "./link-banner.tsx";
import { PANELS } from "./panels.tsx";
import { usePlace } from "./place.ts";
import { useTheme } from "./theme.ts";
import { TopBar } from "./top-bar.tsx";

interface Props {
  /** What the page shows at first. */
  readonly source: Source;
  /** Makes a source of a recorded trace. */
  readonly openTrace?: (file: File) => Promise<Source>;
}

const NAMES = PANELS.map((each) => each.name);

export function App({ source: first, openTrace }: Props): JSX.Element {
  const [source, setSource] = useState(first);
  const [place, go] = usePlace(NAMES);
  const [theme, nextTheme] = useTheme();
  const [help, setHelp] = useState(false);
  const [problem, setProblem] = useState("");
  const stepping = useAsk(source, "stepper", {}).data;
  const onFile =
    openTrace === undefined
      ? undefined
      : (file: File): void => {
          setProblem("");
          openTrace(file).then(
            (opened) => {
              setSource(opened);
              go({ selected: "" });
            },
            (error: unknown) => setProblem(`${file.name}: ${error instanceof Error ? error.message : String(error)}`),
          );
        };
  const over = useDrop(onFile);
  useShortcuts({
    ...Object.fromEntries(NAMES.map((panel, i) => [String(i + 1), () => go({ panel })])),
    "/": () => document.querySelector<HTMLElement>("[data-filter]")?.focus(),
    "?": () => setHelp(true),
    t: nextTheme,
    "[": () => history.back(),
    "]": () => history.forward(),
    Escape: () => go({ selected: "" }),
  });

  const current = PANELS.find((each) => each.name === place.panel) ?? PANELS[0];
  const Panel = current?.panel ?? (() => null);
  const onSelect = (selected: string): void => {
    if (selected !== place.selected) go({ selected });
  };
  const shown = { source, selected: place.selected, onSelect };
  return (
    <div class="app">
      <TopBar
        source={source}
        theme={theme}
        onTheme={nextTheme}
        onHelp={() => setHelp(true)}
        onFile={onFile}
        onClose={source === first ? undefined : () => setSource(first)}
      />
      <Nav current={place.panel} stepping={stepping !== null} onGo={(panel) => go({ panel })} />
      <main key={place.panel}>
        <Panel {...shown} />
      </main>
      <aside aria-label="Selected">
        <Detail {...shown} />
      </aside>
      <footer>
        <StepControls source={source} onSelect={onSelect} keys={!help} />
      </footer>
      <LinkBanner source={source} />
      {problem === "" ? null : (
        <div class="link-banner" role="alert">
          <span>{problem}</span>
          <button type="button" onClick={() => setProblem("")}>
            Close
          </button>
        </div>
      )}
      {over ? <div class="drop-hint">Drop a trace to open it</div> : null}
      {help ? <Help onClose={() => setHelp(false)} /> : null}
    </div>
  );
}

function Nav(props: {
  readonly current: string;
  readonly stepping: boolean;
  readonly onGo: (panel: string) => void;
}): JSX.Element {
  return (
    <nav aria-label="Panels">
      {PANELS.map(({ name, title, icon }, i) =>
        name === "steps" && !props.stepping ? null : (
          <a
            key={name}
            href={`#/${name}`}
            aria-current={props.current === name ? "page" : undefined}
            onClick={(event) => {
              event.preventDefault();
              props.onGo(name);
            }}
          >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path d={icon} />
            </svg>
            <span>{title}</span>
            <span class="key" aria-hidden="true">
              {i + 1}
            </span>
          </a>
        ),
      )}
    </nav>
  );
}

function useShortcuts(keys: Readonly<Record<string, () => void>>): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const act = now.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Files that are dropped anywhere on the page; whether one is over it now. */
function useDrop(onFile: ((file: File) => void) | undefined): boolean {
  const [over, setOver] = useState(false);
  const now = useRef(onFile);
  now.current = onFile;
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (now.current === undefined) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) now.current?.(file);
    };
    addEventListener("dragover", onDragOver);
    addEventListener("dragleave", onDragLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onDragOver);
      removeEventListener("dragleave", onDragLeave);
      removeEventListener("drop", onDrop);
    };
  }, []);
  return over;
}
