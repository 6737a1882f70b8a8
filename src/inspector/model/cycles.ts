/** Which arrows of a graph are in a cycle: those between nodes that reach each other (Tarjan's components, without recursion). */

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The component of each node that is in one of more than one node, by number. */
export function components(arrows: readonly Arrow[]): Map<string, number> {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) {
    const there = next.get(from);
    if (there === undefined) next.set(from, [to]);
    else there.push(to);
  }
  const found = new Map<string, number>();
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  let components = 0;
  const open = (node: string, path: { node: string; at: number }[]): void => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    stack.push(node);
    onStack.add(node);
    path.push({ node, at: 0 });
  };
  for (const root of next.keys()) {
    if (order.has(root)) continue;
    const path: { node: string; at: number }[] = [];
    open(root, path);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const child = next.get(node)?.[top.at++];
      if (child !== undefined) {
        if (!order.has(child)) open(child, path);
        else if (onStack.has(child)) low.set(node, Math.min(low.get(node) as number, order.get(child) as number));
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) {
        low.set(above.node, Math.min(low.get(above.node) as number, low.get(node) as number));
      }
      if (low.get(node) !== order.get(node)) continue;
      const members = stack.splice(stack.lastIndexOf(node));
      for (const member of members) onStack.delete(member);
      if (members.length === 1) continue;
      for (const member of members) found.set(member, components);
      components++;
    }
  }
  return found;
}
