/** The keys, over the page. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PANELS } from "./panels.tsx";

const EVERYWHERE: readonly (readonly [string, string])[] = [
  ["/", "filter the list"],
  ["Esc", "leave the filter; let go of the selection"],
  ["[ ]", "back and forward through what was looked at"],
  ["t", "theme: system, light, dark"],
  ["?", "this help"],
];
const INSIDE: readonly (readonly [string, string])[] = [
  ["↑ ↓ PgUp PgDn Home End", "move in a list, which selects"],
  ["+ − 0", "timeline and graph: enlarge, reduce, show all"],
  ["← →", "timeline and graph: move"],
  ["f", "timeline: stay at the newest"],
  ["wheel", "timeline and graph: zoom; with Shift, move"],
];
const STEPPER: readonly (readonly [string, string])[] = [
  ["n", "one step on"],
  ["b", "one step back"],
  ["r", "run to a breakpoint"],
  ["p", "pause"],
];

export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // A click beside the dialog closes it; Esc does by itself.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keys"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div>
        <header>
          <h2>Keys</h2>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        <div class="help-columns">
          <Keys title="Panels" keys={PANELS.map(({ title }, i) => [String(i + 1), title])} />
          <div>
            <Keys title="Everywhere" keys={EVERYWHERE} />
            <Keys title="Stepper" keys={STEPPER} />
          </div>
          <Keys title="Inside a panel" keys={INSIDE} />
        </div>
      </div>
    </dialog>
  );
}

function Keys(props: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl>
        {props.keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
