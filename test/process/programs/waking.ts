// Main is blocked, and something of the host's may still wake it: one for each argument.
import { execFile } from "node:child_process";
import { readFile } from "node:fs";
import { connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { chan, go, main, wait } from "millrace";

const woken = chan<string>();
const wake = (by: string): void => {
  go(function* waker() {
    yield* woken.send(by);
  });
};

const sources: Record<string, () => void> = {
  timer: () => void setTimeout(wake, 50, "a timer"),
  immediate: () => void setImmediate(wake, "an immediate"),
  file: () => readFile(new URL(import.meta.url), (_, data) => wake(data.length > 0 ? "a file" : "nothing")),
  promise: () => {
    const slow = new Promise<string>((resolve) => setTimeout(resolve, 50, "a promise"));
    go(function* waiter() {
      yield* woken.send(yield* wait(slow));
    });
  },
  listening: () => {
    const server = createServer((socket) => {
      socket.destroy();
      server.close();
      wake("a connection");
    });
    server.listen(0, "127.0.0.1", () => {
      // Somebody else connects, later: until then there is nothing but the listening socket.
      const { port } = server.address() as { port: number };
      const code = `setTimeout(() => require("net").connect(${port}, "127.0.0.1").on("error", () => {}), 100)`;
      execFile(process.execPath, ["-e", code]).unref();
    });
  },
  connected: () => {
    const server = createServer((socket) => void setTimeout(() => socket.end("a socket"), 50).unref());
    server.unref().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      connect(port, "127.0.0.1").on("data", (data) => wake(String(data)));
    });
  },
  child: () => void execFile(process.execPath, ["-e", ""], () => wake("a child process")),
  worker: () => {
    new Worker('setTimeout(() => require("worker_threads").parentPort.postMessage("a worker"), 50)', {
      eval: true,
    }).on("message", wake);
  },
  stdin: () => void process.stdin.on("data", (data) => wake(String(data).trim())),
  // These can't wake anyone: the loop runs dry.
  "unref'd timer": () => void setTimeout(wake, 50, "never").unref(),
  "closed server": () => {
    const server = createServer().listen(0, () => server.close());
  },
  "garbage promise": () => void wait(new Promise(() => {})),
  "ended worker": () => void new Worker("", { eval: true }),
};

main(function* () {
  sources[process.argv[2] ?? ""]?.();
  console.log("woken by", yield* woken.recv());
});
