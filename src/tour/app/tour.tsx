/** The tour: its lessons, and the one that is read, with its program in an editor, what it prints, and the panels. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useTheme } from "../../inspector/page/app/theme.ts";
import { isTyping } from "../../inspector/page/ui/keys.ts";
import type { Lesson } from "../lesson.ts";
import { readAddress, shareAddress } from "./address.ts";
import { Editor } from "./editor.tsx";
import { done, editOf, keepDone, keepEdit } from "./keep.ts";
import { Output } from "./output.tsx";
import { Panels } from "./panels.tsx";
import { useSession } from "./use-session.ts";

interface Props {
  readonly lessons: readonly Lesson[];
}

export function Tour({ lessons }: Props): JSX.Element {
  const [address, setAddress] = useState(() => readAddress(location.hash));
  const [theme, nextTheme] = useTheme();
  const at = Math.max(
    0,
    lessons.findIndex(({ slug }) => slug === address.slug),
  );
  const lesson = lessons[at] as Lesson;
  useEffect(() => {
    const onHash = (): void => setAddress(readAddress(location.hash));
    addEventListener("hashchange", onHash);
    return () => removeEventListener("hashchange", onHash);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const to = lessons[at + (event.key === "[" ? -1 : event.key === "]" ? 1 : Number.NaN)];
      if (to !== undefined) location.hash = `#${to.slug}`;
      if (event.key === "t") nextTheme();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [at, theme]);
  const [finished, setFinished] = useState(done);
  const onDone = (): void => {
    if (finished.has(lesson.slug)) return;
    const all = new Set([...finished, lesson.slug]);
    setFinished(all);
    keepDone(all);
  };
  return (
    <div class="tour">
      <header class="tour-top">
        <h1>A tour of Millrace</h1>
        <p class="muted">
          {finished.size} of {lessons.length} programs run
        </p>
        <button type="button" class="quiet" title="Light, dark or as the system has it (t)" onClick={nextTheme}>
          Theme: {theme}
        </button>
      </header>
      <nav class="tour-lessons" aria-label="Lessons">
        <ol>
          {lessons.map(({ slug, title }, n) => (
            <li key={slug}>
              <a href={`#${slug}`} aria-current={n === at ? "page" : undefined}>
                <span class="tour-number">{n + 1}</span>
                <span>{title}</span>
                {finished.has(slug) ? (
                  <span class="tour-done" title="Its program has run">
                    ✓
                  </span>
                ) : null}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <LessonView
        key={`${lesson.slug} ${address.code ?? ""}`}
        lesson={lesson}
        shared={address.code}
        before={lessons[at - 1]}
        next={lessons[at + 1]}
        onDone={onDone}
      />
    </div>
  );
}

function LessonView(props: {
  readonly lesson: Lesson;
  readonly shared: string | null;
  readonly before: Lesson | undefined;
  readonly next: Lesson | undefined;
  readonly onDone: () => void;
}): JSX.Element {
  const { lesson, shared, before, next, onDone } = props;
  const [code, setCode] = useState(() => shared ?? editOf(lesson.slug) ?? lesson.program);
  const [version, setVersion] = useState(0);
  const [note, setNote] = useState(shared === null ? "" : "This program came with the address.");
  const { session, start, stop, clear } = useSession();
  const running = session !== null && session.ending === null;
  const changed = code !== lesson.program;
  const edit = (text: string): void => {
    setCode(text);
    setNote("");
    keepEdit(lesson.slug, text === lesson.program ? null : text);
  };
  const begin = (stepping: boolean): void => {
    start(code, stepping);
    onDone();
  };
  const reset = (): void => {
    clear();
    edit(lesson.program);
    setVersion(version + 1);
    if (shared !== null) history.replaceState(null, "", `#${lesson.slug}`);
  };
  const share = async (): Promise<void> => {
    history.replaceState(null, "", shareAddress(lesson.slug, code));
    try {
      await navigator.clipboard.writeText(location.href);
      setNote("The address has this program now; it is copied.");
    } catch {
      setNote("The address has this program now.");
    }
  };
  return (
    <>
      <main class="tour-main">
        <article class="tour-text" tabIndex={0} aria-label="Lesson">
          <h2>{lesson.title}</h2>
          <Words html={lesson.text} />
          <h3>Try</h3>
          <Words html={lesson.more} />
          <p class="tour-turn">
            {before === undefined ? <span /> : <a href={`#${before.slug}`}>← {before.title}</a>}
            {next === undefined ? <span /> : <a href={`#${next.slug}`}>{next.title} →</a>}
          </p>
        </article>
        <div class="tour-bar" role="toolbar" aria-label="Program">
          <button type="button" class="is-primary" title="Run (Ctrl+Enter)" onClick={() => begin(false)}>
            Run
          </button>
          <button type="button" title="Step through it (Ctrl+Shift+Enter)" onClick={() => begin(true)}>
            Step
          </button>
          <button type="button" disabled={!running} onClick={stop}>
            Stop
          </button>
          <span class="tour-said" role="status">
            {note}
          </span>
          <button type="button" class="quiet" disabled={!changed} onClick={reset}>
            Reset
          </button>
          <button type="button" class="quiet" onClick={() => void share()}>
            Share
          </button>
        </div>
        <Editor
          version={String(version)}
          code={code}
          onChange={edit}
          onRun={() => begin(false)}
          onStep={() => begin(true)}
        />
        <Output session={session} />
      </main>
      <Panels session={session} />
    </>
  );
}

/** Words of a lesson, which the build has made HTML of. */
function Words({ html }: { readonly html: string }): JSX.Element {
  return <div class="tour-words" dangerouslySetInnerHTML={{ __html: html }} />;
}
