/** Where the nodes and the edges of who waits for whom stand. dagre does it; it is asked only when the graph's shape changes. */
import dagre from "@dagrejs/dagre";
import type { Graph } from "../../protocol.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly path: string;
  /** Where its label stands. */
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  /** In the order of the graph's edges. */
  readonly lines: readonly (Line | undefined)[];
}

/** What a layout depends on. */
export function shapeOf(graph: Graph): string {
  return JSON.stringify([graph.nodes.map((node) => [node.id, nodeText(node)]), graph.edges]);
}

export function nodeText(node: Graph["nodes"][number]): string {
  const label = node.label === "" ? node.id : node.label;
  return label.length > 28 ? `${label.slice(0, 27)}…` : label;
}

/** Characters of the page's fonts are about this wide. */
const CHARACTER = 6.9;

/** From left to right, or from above to below where all of it is seen larger then. */
export function layOut(graph: Graph): Layout {
  const flat = arranged(graph, "LR");
  if (graph.nodes.length > 150) return flat;
  const tall = arranged(graph, "TB");
  const scale = ({ width, height }: Layout): number => Math.min(ROOM.width / width, ROOM.height / height);
  return scale(tall) > scale(flat) && scale(flat) < 1 ? tall : flat;
}

/** About what a panel has. */
const ROOM = { width: 760, height: 620 };

function arranged(graph: Graph, rankdir: "LR" | "TB"): Layout {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir, nodesep: 18, ranksep: 46, edgesep: 12, marginx: 16, marginy: 16 });
  for (const node of graph.nodes) {
    const extra = node.count > 1 ? 44 : 0;
    drawing.setNode(node.id, { width: Math.max(64, nodeText(node).length * CHARACTER + 34 + extra), height: 34 });
  }
  graph.edges.forEach((edge, i) => {
    if (!drawing.hasNode(edge.from) || !drawing.hasNode(edge.to)) return;
    drawing.setEdge(edge.from, edge.to, { width: edge.label.length * 6 + 8, height: 16, labelpos: "c" }, String(i));
  });
  dagre.layout(drawing);
  const boxes = new Map<string, Box>();
  for (const node of graph.nodes) boxes.set(node.id, drawing.node(node.id) as Box);
  const lines = graph.edges.map((edge, i): Line | undefined => {
    if (!boxes.has(edge.from) || !boxes.has(edge.to)) return undefined;
    const { points, x, y } = drawing.edge(edge.from, edge.to, String(i)) as {
      points: { x: number; y: number }[];
      x?: number;
      y?: number;
    };
    const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
    return { path: smooth(points), x: x ?? middle.x, y: y ?? middle.y };
  });
  const { width = 0, height = 0 } = drawing.graph() as { width?: number; height?: number };
  return { width, height, boxes, lines };
}

/** A curve near `points` that begins at the first and ends at the last. */
function smooth(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (next === undefined) path += `L${point.x} ${point.y}`;
    else path += `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return path;
}
