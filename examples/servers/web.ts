/** The shop for what takes the web's `Request` and gives a `Response`: Hono, Next's route handlers, Bun, Deno. */
import { fromSignal } from "millrace/context";
import { page, requestId, TooMany } from "./shop.ts";

export function answer(request: Request, item: string): Promise<Response> {
  return requestId.run(request.headers.get("x-request-id") ?? "", async () => {
    try {
      return Response.json(await page(fromSignal(request.signal), item));
    } catch (error) {
      const { message } = error as Error;
      return Response.json({ error: message }, { status: error instanceof TooMany ? 429 : 500 });
    }
  });
}
