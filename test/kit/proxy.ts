/** A proxy before a server, which can lose answers and cut itself off. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class FaultyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What is asked so often that its answer may be lost: which of it was asked before. */
  readonly #asked = new Set<string>();
  swallowed = 0;
  #cut = false;

  /**
   * @param port of the server
   * @param swallow says what is asked by these bytes, if its answer is to be lost the first time, with the connection
   */
  static async start(
    port: number,
    swallow: (bytes: string) => string | undefined = () => undefined,
  ): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(port, swallow);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(port: number, swallow: (bytes: string) => string | undefined) {
    this.#server = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      let loses = false;
      const end = (): void => {
        client.destroy();
        server.destroy();
      };
      client.on("data", (bytes) => {
        const what = swallow(bytes.toString("latin1"));
        if (what !== undefined && !this.#asked.has(what)) {
          this.#asked.add(what);
          loses = true;
        }
        server.write(bytes);
      });
      server.on("data", (bytes) => {
        if (!loses) {
          client.write(bytes);
          return;
        }
        this.swallowed++;
        end();
      });
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        if (this.#cut) socket.pause();
        socket.on("error", end).on("close", () => {
          this.#sockets.delete(socket);
          end();
        });
      }
    });
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Nothing gets through any more, in either direction, until it is healed; the connections stay. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  heal(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
