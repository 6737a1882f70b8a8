/** The shop on Hono, here with Node's server. */
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { answer } from "./web.ts";

export function listen(port: number): Server {
  const app = new Hono();
  app.get("/items/:item", (c) => answer(c.req.raw, c.req.param("item")));
  return serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }) as Server;
}
