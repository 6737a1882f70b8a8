/** How a thread asks Vite for modules: one line a question, one line an answer, in JSON. */
import type { Socket } from "node:net";

/** Under this name a thread is told where to ask. */
export const WHERE = "millrace modules";

/** Where a thread asks, as which of Vite's environments, and where Vite's runner of modules is. */
export interface Place {
  readonly socket: string;
  readonly environment: string;
  readonly runner: string;
}

/** What Vite's runner of modules asks its server. */
export interface Asked {
  readonly n: number;
  readonly environment: string;
  readonly payload: unknown;
}

/** What it is told. */
export type Answer = { readonly result: unknown } | { readonly error: unknown };

/** Calls `each` with what comes through `socket`. */
export function receive<T>(socket: Socket, each: (value: T) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) each(JSON.parse(line) as T);
  });
}

export function send(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}
