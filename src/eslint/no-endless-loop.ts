/**
 * A loop in a goroutine that lets nobody else run. All goroutines of a thread take turns at operations, so a loop without
 * one holds the thread; and one that waits for what another goroutine does waits for ever. Reported are loops
 * - that have no end and no operation: `for (;;) step();`
 * - that ask again and again what cannot change meanwhile: `while (!mu.tryLock()) {}`, `while (!done) {}`.
 *
 * Rejected: to report every loop without an operation. Most are short, and how long one runs cannot be seen.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { imported } from "./kinds.ts";
import { type Context, functionAround, isFunction, type Node, propertyName, type Rule } from "./rule.ts";

type Loop = TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement;

/** The nodes that run as part of `node`: those of functions inside it do not. */
function* within(context: Context, node: Node): Generator<Node> {
  yield node;
  for (const key of context.sourceCode.visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | null | (Node | null)[] | undefined>)[key];
    for (const each of Array.isArray(child) ? child : [child]) {
      if (each != null && !isFunction(each)) yield* within(context, each);
    }
  }
}

/** Whether others get their turn at `node`. */
const lets = (node: Node): boolean =>
  node.type === "YieldExpression" || node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await);

/** Whether `node` can end `loop`, inside which it is. A label is taken to name something outside. */
function ends(loop: Loop, node: Node): boolean {
  if (node.type === "ReturnStatement" || node.type === "ThrowStatement") return true;
  if (node.type === "CallExpression" && node.callee.type === "MemberExpression") {
    return propertyName(node.callee) === "exit";
  }
  if (node.type !== "BreakStatement" && node.type !== "ContinueStatement") return false;
  if (node.label !== null) return true;
  if (node.type === "ContinueStatement") return false;
  let target: Node = node.parent;
  while (!/^(For|While|DoWhile|Switch)\w*Statement$/.test(target.type)) target = target.parent as Node;
  return target === loop;
}

const isEndless = ({ test }: Loop): boolean => test === null || (test.type === "Literal" && Boolean(test.value));

const TRIES: readonly (string | undefined)[] = ["tryLock", "tryRLock", "tryAcquire", "trySend", "tryRecv"];

/** Whether a call tries something and the loop goes on when it fails, so that only others can change the answer. */
function failsAgain({ callee, parent }: TSESTree.CallExpression): boolean {
  if (callee.type !== "MemberExpression" || !TRIES.includes(propertyName(callee))) return false;
  return parent.type === "UnaryExpression" || (parent.type === "BinaryExpression" && /^===?$/.test(parent.operator));
}

/** Whether `node` may change anything, except for names that are not among `asked`. */
function changes(node: Node, asked: ReadonlySet<string>): boolean {
  switch (node.type) {
    case "CallExpression":
      return !failsAgain(node);
    case "NewExpression":
    case "TaggedTemplateExpression":
    case "ImportExpression":
      return true;
    case "UpdateExpression":
      return node.argument.type !== "Identifier" || asked.has(node.argument.name);
    case "AssignmentExpression":
      return node.left.type !== "Identifier" || asked.has(node.left.name);
    case "UnaryExpression":
      return node.operator === "delete";
    default:
      return false;
  }
}

/** Whether the loop goes on until its test changes, and nothing in it can change that. */
function asksInVain(context: Context, { test }: Loop, nodes: readonly Node[]): boolean {
  if (test === null) return false;
  const asked = new Set<string>();
  for (const node of within(context, test)) if (node.type === "Identifier") asked.add(node.name);
  return asked.size > 0 && !nodes.some((node) => changes(node, asked));
}

/** Whether a function is a goroutine's body: one that can wait, or one that is given to `go`, `run` or `main`. */
function isBody(context: Context, at: Node): boolean {
  const around = functionAround(at);
  if (around === undefined) return false;
  if (around.async || around.generator) return true;
  const { parent } = around;
  if (parent?.type !== "CallExpression" || parent.arguments[0] !== around) return false;
  const from = imported(context, parent.callee);
  if (from !== undefined) return ["go", "run", "main", "bubble", "parallel"].includes(from.name);
  return parent.callee.type === "MemberExpression" && propertyName(parent.callee) === "go";
}

export const noEndlessLoop: Rule = {
  meta: {
    type: "problem",
    docs: { description: "Loops of a goroutine that never let others run" },
    schema: [],
    messages: {
      endless: "This loop has no end and no operation, so no other goroutine of the thread runs again.",
      vain: "No other goroutine runs during this loop, so what it waits for cannot happen. Wait with an operation.",
    },
  },
  defaultOptions: [],
  create(context) {
    const check = (loop: Loop): void => {
      if (!isBody(context, loop)) return;
      const nodes = [...within(context, loop)];
      if (nodes.some(lets) || nodes.some((node) => ends(loop, node))) return;
      if (isEndless(loop)) context.report({ node: loop, messageId: "endless" });
      else if (asksInVain(context, loop, nodes)) context.report({ node: loop, messageId: "vain" });
    };
    return { WhileStatement: check, DoWhileStatement: check, ForStatement: check };
  },
};
