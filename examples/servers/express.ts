/** The shop on Express 5, which hands on what a handler's promise rejects with. */
import type { Server } from "node:http";
import express, { type ErrorRequestHandler } from "express";
import { requestContext } from "millrace/interop";
import { page, requestId, TooMany } from "./shop.ts";

export function listen(port: number): Server {
  const app = express();
  app.use((req, _res, next) => requestId.run(req.get("x-request-id") ?? "", next));
  app.get("/items/:item", async (req, res) => {
    res.json(await page(requestContext(req, res), req.params.item));
  });
  const failed: ErrorRequestHandler = (error: Error, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(error instanceof TooMany ? 429 : 500).json({ error: error.message });
  };
  app.use(failed);
  return app.listen(port, "127.0.0.1");
}
