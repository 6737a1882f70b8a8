/** A thread of a program that Vite serves on Node: it gets the program's modules from Vite. */
import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import { serve } from "../threads/serve.ts";
import { type Answer, type Asked, type Place, receive, send, WHERE } from "./vite-link.ts";

/** What this needs of `vite/module-runner`. */
interface Runner {
  readonly ModuleRunner: new (
    options: { readonly transport: { invoke(payload: unknown): Promise<Answer> }; readonly hmr: false },
    evaluator: object,
  ) => { import(url: string): Promise<unknown> };
  readonly ESModulesEvaluator: new () => object;
}

const { socket: path, environment, runner: file } = (workerData as { readonly [WHERE]: Place })[WHERE];
const { ModuleRunner, ESModulesEvaluator } = (await import(file)) as Runner;

const asked = new Map<number, (answer: Answer) => void>();
let n = 0;
const socket = connect(path).unref();
receive<{ readonly n: number; readonly answer: Answer }>(socket, (told) => {
  asked.get(told.n)?.(told.answer);
  asked.delete(told.n);
  if (asked.size === 0) socket.unref();
});
const lost = (): void => {
  for (const answer of asked.values()) answer({ error: { message: "Vite's server is gone" } });
  asked.clear();
};
socket.on("error", lost);
socket.on("close", lost);

const invoke = (payload: unknown): Promise<Answer> =>
  new Promise((answer) => {
    asked.set(++n, answer);
    socket.ref(); // what waits for a module must not look as if nothing could come
    send(socket, { n, environment, payload } satisfies Asked);
    if (socket.destroyed) lost();
  });

const runner = new ModuleRunner({ transport: { invoke }, hmr: false }, new ESModulesEvaluator());
serve((url) => runner.import(url));
