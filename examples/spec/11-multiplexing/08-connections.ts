/**
 * What is Multiplexing? › 7. Real-World Use Cases › 1. Network Servers
 *
 * Three connections over real sockets, each with a channel of its own data; one select serves them all without blocking
 * on any.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Chan, chan, type Go, go, main, select, wait } from "millrace";

/** The lines that come from a socket, until the other side ends it. */
function lines(socket: Socket): Chan<string> {
  const out = chan<string>();
  go(async () => {
    socket.setEncoding("utf8");
    let rest = "";
    for await (const text of socket as AsyncIterable<string>) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) await out.send(line);
    }
    out.close();
  });
  return out;
}

function* client(port: number, name: string): Go {
  const socket = connect(port);
  yield* wait(once(socket, "connect"));
  for (let i = 1; i <= 3; i++) socket.write(`${name} ${i}\n`);
  socket.end();
}

main(function* () {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  yield* wait(once(server, "listening"));
  const { port } = server.address() as AddressInfo;

  const accepted = chan<Socket>(3);
  server.on("connection", (socket) => accepted.trySend(socket));
  for (const name of ["red", "green", "blue"]) go(client, port, name);

  const connections: (Chan<string> | null)[] = [];
  for (let i = 0; i < 3; i++) connections.push(lines((yield* accepted.recv()) as Socket));

  while (connections.some((ch) => ch !== null)) {
    const { index, value } = yield* select(connections.map((ch) => ch?.recvOk()));
    const [line, ok] = value;
    if (ok) console.log(line);
    else connections[index] = null; // a null case is never ready
  }
  console.log("all connections closed");
});
