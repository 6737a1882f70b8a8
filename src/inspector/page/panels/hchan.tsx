/** A channel drawn as the runtime's `hchan`: who waits to send, the ring, who waits to receive. */
import type { JSX } from "preact";
import type { ChannelDetail, Queued } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { count, several } from "../ui/format.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import { Reference } from "../ui/reference.tsx";
import type { PanelProps } from "./panel.ts";
import { RingDrawing } from "./ring.tsx";

/** Of a queue this many are drawn. */
const DRAWN = 6;

/** The channel `id`. */
export function Channel({ id, source, selected, onSelect }: PanelProps & { readonly id: string }): JSX.Element {
  const reply = useAsk(source, "channel", { id });
  if (reply.data !== undefined && reply.data !== null && reply.data.id !== id) {
    return <Notice title="Asking the program…" kind="loading" />;
  }
  return (
    <Answered reply={reply}>
      {(channel) => (
        <div class="detail-body">
          <header class="detail-head">
            <h2>{channel.name === "" ? channel.id : channel.name}</h2>
            <p class="facts">
              <span class="mono">{channel.id}</span>
              <span>{channel.capacity === 0 ? "unbuffered" : `capacity ${count(channel.capacity)}`}</span>
              {channel.closed ? <span class="tag is-closed">closed</span> : null}
              {channel.shared ? <span class="tag is-shared">shared between threads</span> : null}
            </p>
          </header>
          <ChannelDrawing channel={channel} selected={selected} onSelect={onSelect} />
          <dl class="properties">
            <dt>Sent</dt>
            <dd>{count(channel.sent)}</dd>
            <dt>Received</dt>
            <dd>{count(channel.received)}</dd>
            <dt>Made at</dt>
            <dd class="mono">{channel.origin === "" ? "unknown" : channel.origin}</dd>
          </dl>
          <BufferList channel={channel} />
        </div>
      )}
    </Answered>
  );
}

/** The drawing alone. */
export function ChannelDrawing({
  channel,
  selected,
  onSelect,
}: { readonly channel: ChannelDetail } & Omit<PanelProps, "source">): JSX.Element {
  return (
    <div class="hchan-box">
      <div class="hchan">
        <Queue
          title="sendq"
          empty="no sender waits"
          all={channel.senders}
          queue={channel.sendq}
          selected={selected}
          onSelect={onSelect}
        />
        <RingDrawing channel={channel} />
        <Queue
          title="recvq"
          empty="no receiver waits"
          all={channel.receivers}
          queue={channel.recvq}
          selected={selected}
          onSelect={onSelect}
        />
      </div>
    </div>
  );
}

function Queue(
  props: {
    readonly title: "sendq" | "recvq";
    readonly empty: string;
    readonly all: number;
    readonly queue: readonly Queued[];
  } & Omit<PanelProps, "source">,
): JSX.Element {
  const { title, queue, all } = props;
  return (
    <div class={`queue is-${title}`}>
      <h3>
        {title} <span class="number">{count(all)}</span>
      </h3>
      {queue.length === 0 ? <p class="muted">{props.empty}</p> : null}
      <ol>
        {queue.slice(0, DRAWN).map((each, i) => (
          <li key={`${each.g} ${i}`}>
            <Reference id={each.g} name={each.name} selected={props.selected} onSelect={props.onSelect} />
            {each.value !== "" || each.select ? (
              <span class="queued">
                {each.value === "" ? null : (
                  <span class="value mono" title={each.value}>
                    {each.value}
                  </span>
                )}
                {each.select ? <span class="tag">select</span> : null}
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {all > DRAWN ? <p class="muted">and {several(all - DRAWN, "other")}</p> : null}
    </div>
  );
}

/** What is in the buffer, in the order in which it will be received. */
function BufferList({ channel }: { readonly channel: ChannelDetail }): JSX.Element | null {
  const { capacity, length, recvx, slots } = channel;
  if (capacity === 0 || length === 0) return null;
  const values: (string | null)[] = [];
  for (let i = 0; i < Math.min(length, 32); i++) values.push(slots[(recvx + i) % capacity] ?? null);
  return (
    <section>
      <h3>Buffer, next to be received first</h3>
      <ol class="values mono">
        {values.map((value, i) => (
          <li key={`${(recvx + i) % capacity}`} value={i + 1}>
            {value ?? <span class="muted">a value</span>}
          </li>
        ))}
      </ol>
      {length > values.length ? <p class="muted">and {count(length - values.length)} more</p> : null}
    </section>
  );
}
