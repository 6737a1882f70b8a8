/** An answer that stays fresh, for a component. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Questions, Source } from "../../protocol.ts";
import { askerOf, NOTHING, type Question, type Reply } from "./asker.ts";
import type { Link } from "./link.ts";

/**
 * What `source` answers, again and again while the component is there.
 *
 * When the question changes, the old answer stays until the new one is there, so that nothing jumps; `reply.about` says
 * what it answers. `about` null asks nothing.
 */
export function useAsk<Q extends Question>(source: Source, question: Q, about: Questions[Q]["ask"] | null): Reply<Q> {
  const [reply, setReply] = useState<Reply<Q>>(NOTHING);
  const of = useRef(source);
  const key = about === null ? null : JSON.stringify(about);
  useEffect(() => {
    if (of.current !== source || key === null) setReply(NOTHING);
    of.current = source;
    if (key === null) return;
    const fixed = JSON.parse(key) as Questions[Q]["ask"];
    return askerOf(source).watch({ question, about: () => fixed, answered: setReply }, `${question} ${key}`);
  }, [source, question, key]);
  return of.current === source ? reply : NOTHING;
}

/** Whether `source` can be reached. */
export function useLink(source: Source): Link {
  const [link, setLink] = useState(() => askerOf(source).link);
  useEffect(() => {
    setLink(askerOf(source).link);
    return askerOf(source).watchLink(setLink);
  }, [source]);
  return link;
}
