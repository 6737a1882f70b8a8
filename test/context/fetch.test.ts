/** A context's signal with the platform's own functions. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { background, Canceled, DeadlineExceeded, withCancel, withTimeout } from "millrace/context";
import { afterAll, beforeAll, expect, test } from "vitest";

const server = createServer(() => {}); // never answers
let url = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => void server.close().closeAllConnections());

test("fetch rejects with Canceled itself, before and during the request", async () => {
  const [ctx, cancel] = withCancel(background());
  const pending = fetch(url, { signal: ctx.signal });
  pending.catch(() => {});
  await once(server, "request");
  cancel();
  await expect(pending).rejects.toBe(Canceled);
  await expect(fetch(url, { signal: ctx.signal })).rejects.toBe(Canceled);
  expect([Canceled.name, Canceled.message]).toEqual(["AbortError", "context canceled"]);
});

test("fetch rejects with DeadlineExceeded itself", async () => {
  const [ctx] = withTimeout(background(), 5);
  await expect(fetch(url, { signal: ctx.signal })).rejects.toBe(DeadlineExceeded);
});
