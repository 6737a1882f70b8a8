/** Nothing in it waits for a reader, so a channel is two queues: the value goes one way, and its receipt comes back. */
import { createQueue, type Operation, type Queue, race, run, sleep, spawn, type Task } from "effection";
import { check, later, type Program, within } from "../program.ts";
import { fiberPrograms } from "../promises/fibers.ts";

class Channel {
  readonly values: Queue<number, never> = createQueue<number, never>();
  readonly receipts: Queue<true, never> = createQueue<true, never>();

  *send(value: number): Operation<void> {
    this.values.add(value);
    yield* this.receipts.next();
  }

  *recv(): Operation<number> {
    const { value } = yield* this.values.next();
    this.receipts.add(true);
    return value;
  }
}

function* made(): Operation<Channel> {
  return new Channel();
}

const batch: Program = async (n) => {
  let fired = 0;
  await run(function* () {
    const tasks: Task<void>[] = [];
    for (let i = 0; i < n; i++) {
      tasks.push(
        yield* spawn(function* () {
          yield* sleep(later(i));
          fired++;
        }),
      );
    }
    yield* sleep(1);
    for (const task of tasks) yield* task.halt();
  });
  check(fired, 0);
};

const sleepers: Program = async (n) => {
  let woken = 0;
  await run(function* () {
    const tasks: Task<void>[] = [];
    for (let i = 0; i < n; i++) {
      tasks.push(
        yield* spawn(function* () {
          yield* sleep(within(i));
          woken++;
        }),
      );
    }
    for (const task of tasks) yield* task;
  });
  check(woken, n);
};

export default {
  ...fiberPrograms<Channel, unknown>({
    make: made,
    send: (ch, value) => ch.send(value),
    recv: (ch) => ch.recv(),
    go: (body) => spawn(body as () => Operation<void>),
    sleep,
    run: (body) => run(body as () => Operation<void>),
    select: (chs) => () => race(chs.map((ch) => ch.recv())),
  }),
  "timer-batch": batch,
  sleepers,
};
