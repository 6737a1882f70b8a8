/** The tests of the locks and semaphores of one thread, with those between threads in their place. */
import { vi } from "vitest";

vi.mock("millrace/sync", async (original) => {
  const { SharedMutex, SharedSemaphore } = await import("millrace/threads");
  const sync = await original<typeof import("millrace/sync")>();
  return { ...sync, Mutex: SharedMutex, Semaphore: SharedSemaphore };
});

await import("../sync/mutex.test.ts");
await import("../sync/semaphore.test.ts");
await import("../sync/model.test.ts");
