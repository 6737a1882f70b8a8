/** Load on a server of examples/servers. */
import autocannon from "autocannon";

const CONNECTIONS = 200;

export interface Load {
  readonly right: number;
  readonly wrong: string[];
}

/** Asks for `amount` pages over 200 connections, each with an id of its own, which must be in the answer. */
export async function load(url: string, amount: number): Promise<Load> {
  let next = 0;
  let right = 0;
  const wrong: string[] = [];
  await autocannon({
    url,
    connections: CONNECTIONS,
    timeout: 60,
    amount,
    requests: [
      {
        setupRequest(request, context) {
          const id = String(++next);
          Object.assign(context, { id });
          const item = `item${next % 10}`;
          return { ...request, path: `/items/${item}`, headers: { ...request.headers, "x-request-id": id } };
        },
        onResponse(status, body, context) {
          const { id } = context as { id: string };
          if (status === 200 && (JSON.parse(body) as { id?: string }).id === id) right++;
          else wrong.push(`${id}: ${status} ${body}`);
        },
      },
    ],
  });
  return { right, wrong };
}
