/** Faults in what goes over machines. */
import type { Fault } from "./fault.ts";

const NETWORK = "a bad network every message is stored once and done, in the order of its key, and nothing is left";

export const remote: readonly Fault[] = [
  {
    name: "a command that is sent again is done again",
    file: "src/remote/memory.ts",
    find: "if (done !== undefined && no <= done.no) return",
    put: "if (done !== undefined && no < 0) return",
    test: "test/remote/faults.test.ts",
    title: NETWORK,
  },
  {
    name: "two messages of a key are worked on at once",
    file: "src/remote/memory.ts",
    find: "of.active >= this.spec.perKey",
    put: "of.active > this.spec.perKey",
    test: "test/remote/memory.test.ts",
    title:
      "memory messages of a key are worked on one at a time and in order, over the whole fleet, also when one fails",
  },
  {
    name: "a holder that is cut off keeps its lease",
    file: "src/remote/link.ts",
    find: "if (now - lease.at >= this.spec.lease) this.#lose(lease);\n      else if",
    put: "if",
    test: "test/remote/faults.test.ts",
    title: "a bad network a holder that is cut off loses its lease, knows it, and can't ack",
  },
  {
    name: "the caller's death is not heard of",
    file: "src/remote/station.ts",
    find: "    this.#ear.listen();\n  }\n\n  unwatch(",
    put: "  }\n\n  unwatch(",
    test: "test/remote/calls.test.ts",
    title: "death of the caller: its goroutine is cancelled within a lease and a half",
  },
  {
    name: "a call is begun again that has no attempt left",
    file: "src/remote/calls.ts",
    find: "if (attempt > attempts) {",
    put: "if (attempt < 0) {",
    test: "test/remote/calls.test.ts",
    title: "death of the worker: join throws LOST, or it is begun again elsewhere, within a lease and a half",
  },
  {
    name: "a message is settled twice",
    file: "src/remote/link.ts",
    find: '    if (lease.settled) throw new Panic("ACKED");\n',
    put: "",
    test: "test/remote/memory.test.ts",
    title: "memory settling twice panics with ACKED",
  },
  {
    name: "a closed queue is asked for more without end",
    file: "src/remote/link.ts",
    find: "(this.#closed ? 0 : this.#ahead)",
    put: "this.#ahead",
    test: "test/remote/faults.test.ts",
    title: "a bad network does not matter in which order things happen",
  },
  {
    name: "bytes of another version are read",
    file: "src/threads/values/portable.ts",
    find: "if (bytes[0] !== VERSION)",
    put: "if (bytes.length === 0)",
    test: "test/threads/codec-portable.test.ts",
    title: "values for other processes of another version are refused",
  },
  {
    name: "in Redis, a command that is sent again is done again",
    file: "src/remote/redis/script.ts",
    find: "if tonumber(n) == number then return was end",
    put: "if tonumber(n) < 0 then return was end",
    test: "test/remote/redis.test.ts",
    title: "redis ioredis 60 sends through a proxy that loses every answer once are 60 messages",
  },
];
