/** How the program does: what is wrong with it in words, how many goroutines there are, how the threads are used. */
import type { JSX } from "preact";
import type { Finding, Status, ThreadRow } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { count, duration, several } from "../ui/format.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import { Reference, References } from "../ui/reference.tsx";
import { STATES, StateMark } from "../ui/state.tsx";
import type { PanelProps } from "./panel.ts";

export function Overview({ source, selected, onSelect }: PanelProps): JSX.Element {
  const reply = useAsk(source, "status", {});
  const findings = useAsk(source, "findings", {});
  const link = { selected, onSelect };
  return (
    <section class="panel is-scrolling" aria-label="Overview">
      <Answered reply={reply}>
        {(status) => (
          // Not before both are there: the cards below would jump.
          <Answered reply={findings}>
            {(list) => (
              <div class="overview">
                <EndBanner ended={status.ended} />
                <Counts status={status} />
                <section class="card">
                  <h2>Findings</h2>
                  <Findings list={list} now={status.now} {...link} />
                </section>
                <section class="card">
                  <h2>Threads</h2>
                  <Threads threads={status.threads} {...link} />
                </section>
                <section class="card">
                  <h2>Runs</h2>
                  <Runs runs={status.runs} />
                </section>
              </div>
            )}
          </Answered>
        )}
      </Answered>
    </section>
  );
}

/** That it is over, and whether that was meant. */
export function EndBanner({ ended }: { readonly ended: string | null }): JSX.Element | null {
  if (ended === null) return null;
  if (ended === "") {
    return (
      <p class="banner is-good" role="status">
        <strong>The program has ended.</strong> main returned.
      </p>
    );
  }
  const deadlock = /deadlock|asleep/.test(ended);
  return (
    <div class="banner is-bad" role="alert">
      <strong>{deadlock ? "Deadlock: every goroutine waits." : "The program has failed."}</strong>
      <pre>{ended}</pre>
    </div>
  );
}

function Counts({ status }: { readonly status: Status }): JSX.Element {
  return (
    <dl class="tiles">
      {STATES.map((state) => (
        <div class={`tile is-${state}`} key={state}>
          <dt>
            <StateMark state={state} /> {state}
          </dt>
          <dd>{count(status.counts[state])}</dd>
        </div>
      ))}
      <div class="tile">
        <dt>channels</dt>
        <dd>{count(status.channels)}</dd>
      </div>
      <div class="tile">
        <dt>events</dt>
        <dd title={status.forgotten === 0 ? "all are known" : `${several(status.forgotten, "event")} forgotten`}>
          {count(status.events)}
        </dd>
      </div>
      <div class="tile">
        <dt>{status.mode === "trace" ? "length" : "for"}</dt>
        <dd>{duration(status.now)}</dd>
      </div>
    </dl>
  );
}

const SEVERITY: Record<Finding["severity"], string> = { error: "✕", warning: "!", note: "i" };

function Findings(
  props: { readonly list: readonly Finding[]; readonly now: number } & Omit<PanelProps, "source">,
): JSX.Element {
  const { list, now, ...link } = props;
  if (list.length === 0) return <Notice title="Nothing found">No rule sees anything wrong so far.</Notice>;
  return (
    <ul class="findings">
      {list.map((finding) => (
        <li
          key={`${finding.rule} ${finding.about.join(" ")} ${finding.since}`}
          class={`finding is-${finding.severity}`}
        >
          <span class="severity" role="img" aria-label={finding.severity}>
            {SEVERITY[finding.severity]}
          </span>
          <div>
            <p>{finding.text}</p>
            <p class="facts">
              <span class="tag">{finding.rule}</span>
              <References ids={finding.about} {...link} />
              <span class="muted">for {duration(now - finding.since)}</span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Threads({
  threads,
  ...link
}: { readonly threads: readonly ThreadRow[] } & Omit<PanelProps, "source">): JSX.Element {
  if (threads.length === 0) return <Notice title="No threads">Nothing is known of them.</Notice>;
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">Thread</th>
            <th scope="col">Busy</th>
            <th scope="col" class="is-number">
              Goroutines
            </th>
            <th scope="col" class="is-number">
              Runnable
            </th>
            <th scope="col" class="is-number">
              Switches / s
            </th>
            <th scope="col">Longest slice</th>
          </tr>
        </thead>
        <tbody>
          {threads.map((thread) => (
            <tr key={thread.thread}>
              <th scope="row">{thread.thread === 0 ? "0 (main)" : thread.thread}</th>
              <td>
                <span class="fill">
                  <span class="fill-bar" aria-hidden="true">
                    <span style={{ width: `${Math.min(100, 100 * thread.busy)}%` }} />
                  </span>
                  <span class="number">{Math.round(100 * thread.busy)} %</span>
                </span>
              </td>
              <td class="is-number">{count(thread.goroutines)}</td>
              <td class="is-number">{count(thread.runnable)}</td>
              <td class="is-number">{count(thread.switches)}</td>
              <td>
                {duration(thread.longest)}{" "}
                {thread.longestBy === "" ? null : <Reference id={thread.longestBy} {...link} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Runs({ runs }: { readonly runs: Status["runs"] }): JSX.Element {
  if (runs.length === 0) return <Notice title="No runs">The program has started none yet.</Notice>;
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Name</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {runs.slice(-50).map((run) => (
            <tr key={run.run}>
              <th scope="row">{run.run}</th>
              <td>{run.name === "" ? <span class="muted">unnamed</span> : run.name}</td>
              <td>{run.ended === null ? "under way" : run.ended === "" ? "main returned" : run.ended}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
