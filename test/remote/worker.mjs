// Works on a queue until it is killed. Run by worker.ts, on the build.
import { Redis } from "ioredis";
import { run } from "millrace";
import { connect } from "millrace/remote";
import { redis } from "millrace/remote/redis";
import { sqlite } from "millrace/remote/sqlite";
import { sleep } from "millrace/time";

const { server, fleet: name, lease, concurrency, takes } = JSON.parse(process.argv[2]);
const transport = server.sqlite === undefined ? redis(() => new Redis(server.redis)) : sqlite(server.sqlite);
await run(function* () {
  const fleet = yield* connect(transport, { name, lease });
  yield* fleet.queue("q", { attempts: 100 }).work(
    function* (value, message) {
      console.log(`begun ${value}`);
      yield* sleep(takes);
      try {
        yield* message.ack();
        console.log(`acked ${value}`);
      } catch {
        console.log(`lost ${value}`);
      }
    },
    { concurrency },
  );
});
