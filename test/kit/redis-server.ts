/** A Redis of the test's own, on a free port and in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether there is one. Where tests must not be left out, its lack is an error. */
export const hasRedis: boolean = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) {
  const notice = "No redis-server found; install it (Debian: apt install redis-server).";
  if (process.env.CI !== undefined) throw new Error(notice);
  console.warn(`${notice} Its tests are left out.`);
}

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "millrace-redis-"));
  }

  /** @param options more of `redis-server`'s: `"--maxmemory", "10mb"` */
  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** Starts it, for the first time or again with what it has written. */
  async start(): Promise<void> {
    const own = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    const durable = ["--appendonly", "yes", "--appendfsync", "everysec"];
    const child = spawn("redis-server", [...own, ...durable, ...this.#options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    const { stdout } = child;
    stdout.on("error", () => {}); // of one that is killed
    let said = "";
    // It says so when it has read what it had written.
    while (!said.includes("Ready to accept connections")) said += String((await once(stdout, "data"))[0]);
    stdout.resume();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** A command, and what is answered, as it is sent. */
  async ask(command: string): Promise<string> {
    const socket = connect(this.port, "127.0.0.1");
    socket.end(`${command}\r\nQUIT\r\n`);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
