/** BullMQ's side of tables/redis.ts: its jobs in bulk, and a worker of so many at once. */
import { Queue, Worker } from "bullmq";

export async function bullmq(port: number): Promise<{
  send(values: readonly unknown[]): Promise<void>;
  work(count: number, atOnce: number): Promise<void>;
  end(): Promise<void>;
}> {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  const queue = new Queue("bench", { connection });
  await queue.waitUntilReady();
  const options = { removeOnComplete: true };
  return {
    async send(values) {
      await queue.addBulk(values.map((data) => ({ name: "job", data, opts: options })));
    },
    async work(count, atOnce) {
      let done = 0;
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const worker = new Worker("bench", async () => {}, { connection, concurrency: atOnce });
      worker.on("completed", () => {
        if (++done === count) finish();
      });
      await finished;
      await worker.close();
    },
    end: () => queue.close(),
  };
}
