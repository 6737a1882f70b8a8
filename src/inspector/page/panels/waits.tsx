/** Who waits for whom, as a graph; cycles, which never end by themselves, stand out and are said in words. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Graph } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { count, several } from "../ui/format.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import { PanZoom } from "../ui/pan-zoom.tsx";
import { Reference } from "../ui/reference.tsx";
import { type Box, layOut, nodeText, shapeOf } from "./graph-layout.ts";
import type { PanelProps } from "./panel.ts";

export function Waits({ source, selected, onSelect }: PanelProps): JSX.Element {
  const reply = useAsk(source, "graph", {});
  return (
    <section class="panel" aria-label="Who waits for whom">
      <Answered reply={reply}>
        {(graph) =>
          graph.nodes.length === 0 ? (
            <Notice title="Nobody waits">No goroutine waits for another at the moment.</Notice>
          ) : (
            <Drawing graph={graph} selected={selected} onSelect={onSelect} />
          )
        }
      </Answered>
    </section>
  );
}

function Drawing({ graph, selected, onSelect }: { readonly graph: Graph } & Omit<PanelProps, "source">): JSX.Element {
  const shape = shapeOf(graph);
  const layout = useMemo(() => layOut(graph), [shape]);
  const cycles = useMemo(() => cyclesOf(graph), [shape]);
  const labels = new Map(graph.nodes.map((node) => [node.id, node.label]));
  return (
    <>
      <div class="toolbar">
        {cycles.length === 0 ? (
          <span class="muted">No cycle: nothing here waits for itself.</span>
        ) : (
          <span class="cycle-count">{several(cycles.length, "cycle")}: these goroutines wait for each other</span>
        )}
        <span class="tally">
          {several(
            graph.nodes.reduce((sum, node) => sum + (node.kind === "goroutine" ? node.count : 0), 0),
            "goroutine",
          )}
          {graph.more > 0 ? `, and ${count(graph.more)} more that are not drawn` : ""}
        </span>
      </div>
      {cycles.length === 0 ? null : (
        <ul class="cycles">
          {cycles.slice(0, 5).map((cycle) => (
            <li key={cycle.join(" ")}>
              {[...cycle, cycle[0] as string].map((id, i) => (
                <span key={`${id} ${i === cycle.length}`}>
                  {i > 0 ? <span class="cycle-arrow"> → </span> : null}
                  <Reference id={id} name={labels.get(id) ?? ""} selected={selected} onSelect={onSelect} />
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      <PanZoom width={layout.width} height={layout.height} label="Who waits for whom">
        <defs>
          {["", "-cycle"].map((kind) => (
            <marker
              key={kind}
              id={`arrow${kind}`}
              class={`edge-arrow${kind}`}
              viewBox="0 0 10 10"
              refX="9"
              refY="5"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
            >
              <path d="M0 1 9 5 0 9z" />
            </marker>
          ))}
        </defs>
        {graph.edges.map((edge, i) => {
          const line = layout.lines[i];
          if (line === undefined) return null;
          return (
            <g key={`${edge.from} ${edge.to} ${edge.label}`} class={edge.cycle ? "edge is-cycle" : "edge"}>
              <path d={line.path} marker-end={`url(#arrow${edge.cycle ? "-cycle" : ""})`} />
              <text x={line.x} y={line.y + 4}>
                {edge.label}
              </text>
            </g>
          );
        })}
        {graph.nodes.map((node) => {
          const box = layout.boxes.get(node.id);
          if (box === undefined) return null;
          return <Node key={node.id} node={node} box={box} selected={selected === node.id} onSelect={onSelect} />;
        })}
      </PanZoom>
    </>
  );
}

function Node(props: {
  readonly node: Graph["nodes"][number];
  readonly box: Box;
  readonly selected: boolean;
  readonly onSelect: (id: string) => void;
}): JSX.Element {
  const { node, box, selected, onSelect } = props;
  const left = box.x - box.width / 2;
  const top = box.y - box.height / 2;
  return (
    // An SVG group can be no <button>.
    <g
      class={`node is-${node.kind}`}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={`${node.kind} ${node.label}${node.count > 1 ? `, ${node.count} of them` : ""}`}
      onClick={() => onSelect(node.id)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") onSelect(node.id);
      }}
    >
      <title>{`${node.id} ${node.label}`}</title>
      <rect
        x={left}
        y={top}
        width={box.width}
        height={box.height}
        rx={node.kind === "goroutine" ? box.height / 2 : 5}
      />
      <text x={box.x - (node.count > 1 ? 18 : 0)} y={box.y + 4.5}>
        {nodeText(node)}
      </text>
      {node.count > 1 ? (
        <>
          <rect class="node-count" x={left + box.width - 48} y={top + 7} width="38" height="20" rx="10" />
          <text class="node-count" x={left + box.width - 29} y={box.y + 4.5}>
            ×{node.count}
          </text>
        </>
      ) : null}
    </g>
  );
}

/** Each cycle once: the edges marked as such, followed. */
export function cyclesOf(graph: Graph): string[][] {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (!edge.cycle) continue;
    const list = next.get(edge.from);
    if (list === undefined) next.set(edge.from, [edge.to]);
    else list.push(edge.to);
  }
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of next.keys()) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at) && !path.includes(at)) {
      path.push(at);
      at = next.get(at)?.find((to) => !seen.has(to));
    }
    if (at !== undefined && path.includes(at)) cycles.push(path.slice(path.indexOf(at)));
    for (const id of path) seen.add(id);
  }
  return cycles;
}
