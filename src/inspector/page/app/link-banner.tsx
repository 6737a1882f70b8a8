/** Whether the program can be reached: nothing while it can; over the page, so that nothing moves, when it can't. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Source } from "../../protocol.ts";
import { askerOf } from "../ask/asker.ts";
import { useLink } from "../ask/use-ask.ts";

export function LinkBanner({ source }: { readonly source: Source }): JSX.Element | null {
  const link = useLink(source);
  const [, tick] = useState(0);
  useEffect(() => {
    if (link.state !== "lost") return;
    const timer = setInterval(() => tick((n) => n + 1), 250);
    return () => clearInterval(timer);
  }, [link]);
  if (link.state !== "lost" && link.state !== "refused") return null;
  const seconds = Math.max(0, Math.ceil((link.retryAt - performance.now()) / 1000));
  return (
    <div class="link-banner" role="alert">
      <span>
        <strong>{link.state === "lost" ? "Disconnected." : "Refused."}</strong> {link.problem}
        {link.state === "lost" ? ` What you see is the last that it said. Trying again in ${seconds} s.` : ""}
      </span>
      <button type="button" onClick={() => askerOf(source).refresh()}>
        Try now
      </button>
    </div>
  );
}

const WORDS = { connecting: "connecting", open: "connected", slow: "busy", lost: "disconnected", refused: "refused" };

/** The same, as a small sign that is always there. */
export function LinkSign({ source }: { readonly source: Source }): JSX.Element {
  const { state } = useLink(source);
  return (
    <span
      class={`link-sign is-${state}`}
      title={state === "slow" ? "The program has not answered for a while: it runs something that does not yield." : ""}
    >
      <i aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
