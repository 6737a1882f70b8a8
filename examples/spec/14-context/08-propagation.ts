/**
 * What is context in Go? › How It Works Internally (CS-level) › Background → WithCancel → WithTimeout → WithValue
 *
 * Cancelling goes down the tree, never up: the parent's cancel ends all descendants, a child's only itself.
 */
import { main } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

const name = context.key<string>("name");

main(() => {
  const [parent, cancel] = context.withCancel(context.background());
  const [timed, cancelTimed] = context.withTimeout(parent, time.Hour);
  const valued = context.withValue(timed, name, "leaf");
  const [sibling, cancelSibling] = context.withCancel(parent);

  const show = (): void => {
    const all = { parent, timed, valued, sibling };
    console.log(
      Object.entries(all)
        .map(([of, ctx]) => `${of}: ${ctx.err()?.message ?? "alive"}`)
        .join(", "),
    );
  };
  show();
  cancelTimed();
  show();
  cancel();
  show();
  cancelSibling(); // cancelling again changes nothing
  show();
});
