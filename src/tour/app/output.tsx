/** What the program writes, and how it ended: as `millrace run` shows it in a terminal. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useStepper } from "../../inspector/page/index.ts";
import type { Session } from "../program/session.ts";

export function Output({ session }: { readonly session: Session | null }): JSX.Element {
  if (session === null) {
    return <Text text="" note="Run it, or step through it: what it prints comes here." />;
  }
  return session.stepping && session.started ? <Stepped session={session} /> : <Run session={session} />;
}

function Run({ session }: { readonly session: Session }): JSX.Element {
  const { ending, output } = session;
  const bad = ending !== null && ending !== "stopped" && ending.code !== 0;
  return <Text text={output} note={ending === null ? "running…" : noteOf(ending)} bad={bad} />;
}

function noteOf(ending: NonNullable<Session["ending"]>): string {
  return ending === "stopped" ? "stopped" : `exit code ${ending.code}`;
}

function Stepped({ session }: { readonly session: Session }): JSX.Element {
  const { state } = useStepper(session);
  const ended = state?.ended ?? null;
  const note =
    session.ending === "stopped"
      ? "stopped"
      : ended === null
        ? `held after step ${state?.step ?? 0}`
        : `exit code ${ended === "" ? 0 : 2}`;
  return <Text text={state?.output ?? ""} note={note} bad={ended !== null && ended !== ""} />;
}

function Text(props: { readonly text: string; readonly note: string; readonly bad?: boolean }): JSX.Element {
  const { text, note, bad = false } = props;
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [text]);
  return (
    <section class="tour-output" aria-label="Output">
      <pre ref={box} tabIndex={0}>
        {text}
      </pre>
      <p class={bad ? "tour-note is-bad" : "tour-note"} role="status">
        {note}
      </p>
    </section>
  );
}
