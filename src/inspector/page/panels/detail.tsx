/** What is selected: a goroutine, a channel, or something else that goroutines wait for. */
import type { JSX } from "preact";
import type { LoggedEvent } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { count, duration, point } from "../ui/format.ts";
import { isChannel, isGoroutine } from "../ui/ids.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import { Reference, References } from "../ui/reference.tsx";
import { State } from "../ui/state.tsx";
import { Channel } from "./hchan.tsx";
import type { PanelProps } from "./panel.ts";
import { KIND, valueInWords } from "./things.tsx";

export function Detail(props: PanelProps): JSX.Element {
  const { selected } = props;
  if (selected === "") {
    return <Notice title="Nothing selected">Choose a goroutine, a channel or a lock in any panel.</Notice>;
  }
  if (isGoroutine(selected)) return <Goroutine id={selected} {...props} />;
  if (isChannel(selected)) return <Channel id={selected} {...props} />;
  return <Thing id={selected} {...props} />;
}

export function Goroutine({ id, source, selected, onSelect }: PanelProps & { readonly id: string }): JSX.Element {
  const reply = useAsk(source, "goroutine", { id });
  const status = useAsk(source, "status", {}).data;
  if (reply.data !== undefined && reply.data !== null && reply.data.id !== id) {
    return <Notice title="Asking the program…" kind="loading" />;
  }
  const link = { selected, onSelect };
  return (
    <Answered reply={reply}>
      {(g) => (
        <div class="detail-body">
          <header class="detail-head">
            <h2>{g.name}</h2>
            <p class="facts">
              <span>goroutine {g.id}</span>
              <State state={g.state} reason={g.reason} />
              {status === undefined ? null : <span>for {duration(status.now - g.since)}</span>}
            </p>
          </header>
          <dl class="properties">
            {g.on.length === 0 ? null : (
              <>
                <dt>Waits for</dt>
                <dd>
                  <References ids={g.on} {...link} />
                </dd>
              </>
            )}
            <dt>Holds</dt>
            <dd>
              {g.holds.length === 0 ? <span class="muted">nothing</span> : <References ids={g.holds} {...link} />}
            </dd>
            <dt>Started by</dt>
            <dd>{g.by === "" ? <span class="muted">the run</span> : <Reference id={g.by} {...link} />}</dd>
            <dt>Started at</dt>
            <dd>
              <span class="mono">{g.origin === "" ? "unknown" : g.origin}</span>{" "}
              <span class="muted">{point(g.created)}</span>
            </dd>
            <dt>Thread</dt>
            <dd>{g.thread === 0 ? "0, the program's own" : g.thread}</dd>
          </dl>
          <Frames title="Stack" frames={g.stack} none={stackless(g.state)} />
          <Frames title="Started from" frames={g.originStack} none="unknown" />
          <section>
            <h3>What it did last</h3>
            <Recent events={g.recent} />
          </section>
        </div>
      )}
    </Answered>
  );
}

function stackless(state: string): string {
  if (state === "ended" || state === "panicked") return "it has ended";
  return state === "waiting" ? "unknown" : "it is not parked";
}

function Frames(props: {
  readonly title: string;
  readonly frames: readonly string[];
  readonly none: string;
}): JSX.Element {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.frames.length === 0 ? (
        <p class="muted">{props.none}</p>
      ) : (
        <ol class="frames mono">
          {props.frames.map((frame, i) => (
            <li key={i}>{frame}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Recent({ events }: { readonly events: readonly LoggedEvent[] }): JSX.Element {
  if (events.length === 0) return <p class="muted">nothing that is still known</p>;
  return (
    <ol class="recent">
      {[...events].reverse().map((event) => (
        <li key={event.n}>
          <span class="mono muted">{point(event.at)}</span>
          <span>{event.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Thing({ id, source, selected, onSelect }: PanelProps & { readonly id: string }): JSX.Element {
  const reply = useAsk(source, "things", { offset: 0, limit: 100, filter: id });
  const now = useAsk(source, "status", {}).data?.now ?? 0;
  const link = { selected, onSelect };
  return (
    <Answered reply={reply}>
      {({ rows }) => {
        const thing = rows.find((row) => row.id === id);
        if (thing === undefined) return <Notice title="It is gone">The program no longer knows {id}.</Notice>;
        return (
          <div class="detail-body">
            <header class="detail-head">
              <h2>{thing.name === "" ? thing.id : thing.name}</h2>
              <p class="facts">
                <span>{KIND[thing.kind]}</span>
                <span class="mono">{thing.id}</span>
                <span>{valueInWords(thing, now)}</span>
              </p>
            </header>
            <section>
              <h3>Held by</h3>
              {thing.holders.length === 0 ? <p class="muted">nobody</p> : null}
              <ul class="lines">
                {thing.holders.map((holder) => (
                  <li key={holder.g}>
                    <Reference id={holder.g} {...link} /> <span class="muted">for {duration(now - holder.since)}</span>
                  </li>
                ))}
              </ul>
            </section>
            <section>
              <h3>Waiting, first in line first</h3>
              {thing.waiting.length === 0 ? <p class="muted">nobody</p> : null}
              <ol class="lines">
                {thing.waiting.slice(0, 50).map((g) => (
                  <li key={g}>
                    <Reference id={g} {...link} />
                  </li>
                ))}
              </ol>
              {thing.waiting.length > 50 ? <p class="muted">and {count(thing.waiting.length - 50)} more</p> : null}
            </section>
          </div>
        );
      }}
    </Answered>
  );
}
