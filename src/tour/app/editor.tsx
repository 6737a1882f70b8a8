/**
 * The editor. It stands in a shadow root, where its styles are sheets and no elements, so that the page's policy can forbid
 * styles that come with the markup.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  /** Changes when another text is to be edited. */
  readonly version: string;
  readonly code: string;
  readonly onChange: (code: string) => void;
  readonly onRun: () => void;
  readonly onStep: () => void;
}

const looks = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--bg)", color: "var(--text)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selected)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "1px solid var(--edge)" },
});

const colours = HighlightStyle.define([
  { tag: [t.keyword, t.operatorKeyword, t.modifier, t.controlKeyword], color: "var(--code-keyword)" },
  { tag: [t.string, t.special(t.string), t.regexp], color: "var(--code-string)" },
  { tag: [t.number, t.bool, t.null], color: "var(--code-number)" },
  { tag: [t.typeName, t.className], color: "var(--code-type)" },
  { tag: [t.function(t.variableName), t.function(t.propertyName)], color: "var(--code-function)" },
  { tag: t.comment, color: "var(--muted)", fontStyle: "italic" },
]);

export function Editor(props: Props): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  now.current = props;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    // A key that is typed is no shortcut of the page's.
    element.addEventListener("keydown", (event) => event.stopPropagation());
    const made = new EditorView({ parent: root, root, state: stateOf(now) });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const { current } = view;
    if (current !== null && current.state.doc.toString() !== props.code) current.setState(stateOf(now));
  }, [props.version]);
  return <div class="editor" ref={host} data-editor="" />;
}

function stateOf(now: { readonly current: Props }): EditorState {
  const act = (what: "onRun" | "onStep") => (): boolean => {
    now.current[what]();
    return true;
  };
  return EditorState.create({
    doc: now.current.code,
    extensions: [
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run: act("onRun") },
          { key: "Mod-Shift-Enter", run: act("onStep") },
        ]),
      ),
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      highlightActiveLine(),
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      javascript({ typescript: true }),
      syntaxHighlighting(colours),
      looks,
      EditorView.contentAttributes.of({
        "aria-label": "The program. Escape and then Tab leave it.",
        spellcheck: "false",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) now.current.onChange(update.state.doc.toString());
      }),
    ],
  });
}
