/** The shop as a route handler of Next. */
import { go, wait } from "millrace";
import { headers } from "next/headers";
import { answer } from "../../../../web.ts";

export async function GET(request: Request, { params }: { params: Promise<{ item: string }> }): Promise<Response> {
  const response = await answer(request, (await params).item);
  // What belongs to the request is there in goroutines, too.
  const id = go(function* () {
    return (yield* wait(headers())).get("x-request-id");
  });
  response.headers.set("x-request-id", (await id.join()) ?? "");
  return response;
}
