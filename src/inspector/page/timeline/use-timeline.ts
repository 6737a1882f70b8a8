/**
 * The stretch that a timeline shows, and the part of the timeline that fits it.
 *
 * Three ways to look: `fit` shows all there is, `follow` the newest, both of which move as the program goes on; `fixed`
 * stays where a person put it. What moves asks in its turn; what a person did asks at once.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Source, Status, TimelinePart } from "../../protocol.ts";
import { askerOf } from "../ask/asker.ts";
import { around, moved, type Stretch, zoomed } from "./span.ts";

export type Look = "fit" | "follow" | "fixed";

export interface Rows {
  readonly offset: number;
  readonly limit: number;
}

export interface View {
  readonly part: TimelinePart | undefined;
  readonly offset: number;
  readonly error: string;
  readonly stretch: Stretch;
  readonly look: Look;
  /** All that is known. */
  readonly whole: Stretch;
  zoom(by: number, around?: number): void;
  /** By milliseconds. */
  move(by: number): void;
  setLook(look: Look): void;
}

/** What following shows at first, in milliseconds. */
const FOLLOWED = 10_000;
/** A program that runs is asked for this much more than is shown, since it has gone on when it answers. */
const AHEAD = 600;

export function useTimeline(
  source: Source,
  mode: Status["mode"] | undefined,
  rows: Rows,
  width: number,
  filter: string,
): View {
  const [answer, setAnswer] = useState<{ part: TimelinePart; offset: number } | undefined>();
  const [error, setError] = useState("");
  const [stretch, setStretch] = useState<Stretch>({ from: 0, to: 1000 });
  const [look, setLook] = useState<Look>("fit");
  const whole: Stretch = answer === undefined ? { from: 0, to: 0 } : { from: answer.part.begin, to: answer.part.end };
  const live = mode === "live";
  const now = useRef({ stretch, look, whole });
  now.current = { stretch, look, whole };

  // Only where a person looks: a view that moves by itself does not ask out of turn.
  const place =
    look === "fixed" ? `${stretch.from} ${stretch.to}` : live ? `${look} ${whole.to > 0}` : `${look} ${whole.to}`;
  useEffect(() => {
    setAnswer(undefined);
    setLook("fit");
  }, [source]);
  useEffect(() => {
    if (mode === undefined || width === 0) return;
    return askerOf(source).watch({
      question: "timeline",
      about: () => {
        const { from, to, shown } = wanted(now.current, live);
        const across = Math.min(8000, Math.round((width * (to - from)) / shown));
        return { ...rows, from, to, width: across, ...(filter === "" ? {} : { filter }) };
      },
      answered: ({ data, error, about }) => {
        setError(error);
        if (data === undefined || error !== "") return;
        setAnswer({ part: data, offset: about?.offset ?? 0 });
        const all = { from: data.begin, to: data.end };
        if (now.current.look === "fit") setStretch(around(all));
        if (now.current.look === "follow") setStretch(following(now.current.stretch, all));
      },
    });
  }, [source, mode, live, place, rows.offset, rows.limit, width, filter]);

  return {
    part: answer?.part,
    offset: answer?.offset ?? 0,
    error,
    stretch,
    look,
    whole,
    zoom(by, at = (now.current.stretch.from + now.current.stretch.to) / 2) {
      const { stretch, whole, look } = now.current;
      const next = zoomed(stretch, by, look === "follow" ? whole.to : at, whole);
      setStretch(look === "follow" ? following(next, whole) : next);
      if (look === "fit") setLook("fixed");
    },
    move(by) {
      const { stretch, whole } = now.current;
      setStretch(moved(stretch, by, whole));
      setLook("fixed");
    },
    setLook(next) {
      const { stretch, whole } = now.current;
      setLook(next);
      if (next === "fit") setStretch(around(whole));
      if (next !== "follow") return;
      const length = Math.min(stretch.to - stretch.from, FOLLOWED);
      setStretch(following({ from: 0, to: length }, whole));
    },
  };
}

/** A stretch as long as `stretch`, at the end of all. */
function following({ from, to }: Stretch, whole: Stretch): Stretch {
  const end = whole.to + (to - from) * 0.02;
  return { from: end - (to - from), to: end };
}

/** What to ask for, and how much of that is shown. */
function wanted(
  { stretch, look, whole }: { readonly stretch: Stretch; readonly look: Look; readonly whole: Stretch },
  live: boolean,
): Stretch & { readonly shown: number } {
  const shown = Math.max(stretch.to - stretch.from, 1e-6);
  if (whole.to === 0) return { from: 0, to: 1e9, shown: 1e9 };
  if (look === "fixed" || !live) return { ...stretch, shown };
  return { from: stretch.from, to: stretch.to + AHEAD, shown };
}
