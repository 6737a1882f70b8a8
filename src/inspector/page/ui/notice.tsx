/** What stands where there is nothing to show: nothing yet, nothing at all, or no answer. */
import type { ComponentChildren, JSX } from "preact";
import type { Question, Reply } from "../ask/asker.ts";

export function Notice({
  title,
  children,
  kind = "empty",
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly kind?: "empty" | "error" | "loading";
}): JSX.Element {
  return (
    <div class={`notice is-${kind}`} role={kind === "error" ? "alert" : "status"}>
      <strong>{title}</strong>
      {children ? <p>{children}</p> : null}
    </div>
  );
}

/** Shows `children` of an answer; before there is one, why not. */
export function Answered<Q extends Question>({
  reply,
  children,
}: {
  readonly reply: Reply<Q>;
  readonly children: (data: NonNullable<Reply<Q>["data"]>) => ComponentChildren;
}): JSX.Element {
  const { data, error } = reply;
  if (data !== undefined && data !== null) return <>{children(data)}</>;
  if (data === null) return <Notice title="It is gone">The program no longer knows it.</Notice>;
  if (error !== "") {
    return (
      <Notice title="No answer" kind="error">
        {error}
      </Notice>
    );
  }
  return <Notice title="Asking the program…" kind="loading" />;
}

/** What is wrong with what was entered; nothing where nothing is. */
export function Problem({ text }: { readonly text: string }): JSX.Element | null {
  if (text === "") return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}
