/** What runs in this process: to look at, and for alarms. Not for strangers. */
import { runtime } from "millrace";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return Response.json(runtime.goroutines());
}
