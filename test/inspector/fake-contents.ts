/** What is in the fake program: goroutines, channels, locks, findings, a graph and a step. */
import type {
  ChannelDetail,
  Finding,
  GoroutineRow,
  GoroutineState,
  Graph,
  StepState,
  ThingRow,
} from "../../src/inspector/protocol.ts";

const NAMES = ["main", "producer", "worker", "worker", "collector", "heartbeat"];
const REASONS = ["chan receive", "chan send", "select", "sync.Mutex.Lock", "sleep"];
const ON = ["chan/1", "chan/2", "chan/3", "lock/mu#1", "timer/4"];

export function fakeGoroutines(n: number): GoroutineRow[] {
  return Array.from({ length: n }, (_, i): GoroutineRow => {
    const state: GoroutineState =
      i === 0 ? "running" : i % 23 === 9 ? "panicked" : i % 11 === 7 ? "ended" : i % 7 === 5 ? "runnable" : "waiting";
    const which = i % REASONS.length;
    return {
      id: `1/${i + 1}`,
      name: i === 0 ? "main" : (NAMES[1 + (i % (NAMES.length - 1))] as string),
      state,
      reason: state === "waiting" ? (REASONS[which] as string) : "",
      on: state === "waiting" ? [ON[which] as string] : [],
      since: 12_000 - (i % 500) * 20,
      created: i,
      by: i === 0 ? "" : "1/1",
      thread: i % 4 === 3 ? 1 : 0,
      origin: i === 0 ? "" : `src/server/pool.ts:${20 + (i % 9)}`,
    };
  });
}

export function fakeStep(): StepState {
  return {
    paused: true,
    step: 0,
    kind: "goroutine",
    choices: [
      { choice: 0, label: "G1 main goes on", id: "1/1" },
      { choice: 1, label: "G2 producer starts", id: "1/2" },
    ],
    schedule: "",
    breakpoints: [],
    stoppedAt: null,
    ended: null,
    output: "",
  };
}

export function fakeChannels(): ChannelDetail[] {
  const base = {
    closed: false,
    senders: 0,
    receivers: 0,
    sent: 0,
    received: 0,
    shared: false,
    origin: "src/main.ts:8:14",
  };
  const queued = (g: number, value: string, select = false) => ({
    g: `1/${g}`,
    name: NAMES[g % 6] as string,
    value,
    select,
  });
  return [
    {
      ...base,
      id: "chan/1",
      name: "jobs",
      capacity: 6,
      length: 4,
      sent: 41_204,
      received: 41_200,
      sendx: 2,
      recvx: 4,
      slots: ["46", "47", null, null, "44", "45"],
      receivers: 0,
      senders: 0,
      sendq: [],
      recvq: [],
    },
    {
      ...base,
      id: "chan/2",
      name: "results",
      capacity: 3,
      length: 3,
      sent: 903,
      received: 900,
      sendx: 1,
      recvx: 1,
      slots: ["{ id: 7, total: 12 }", "{ id: 5 }", "{ id: 6 }"],
      senders: 9,
      sendq: [
        queued(3, "{ id: 8, total: 99 }"),
        queued(4, "{ id: 9 }", true),
        queued(8, "{ id: 10 }"),
        queued(9, "{ id: 11 }"),
        queued(10, "12"),
        queued(11, "13"),
        queued(12, "14"),
      ],
      recvq: [],
    },
    {
      ...base,
      id: "chan/3",
      name: "quit",
      capacity: 0,
      length: 0,
      sendx: 0,
      recvx: 0,
      slots: [],
      receivers: 2,
      sendq: [],
      recvq: [queued(5, ""), queued(6, "", true)],
    },
    {
      ...base,
      id: "chan/4",
      name: "old",
      capacity: 2,
      length: 1,
      closed: true,
      sent: 9,
      received: 8,
      sendx: 1,
      recvx: 0,
      slots: ['"last"', null],
      sendq: [],
      recvq: [],
    },
    {
      ...base,
      id: "chan/5",
      name: "log",
      capacity: 100,
      length: 37,
      sent: 137,
      received: 100,
      sendx: 37,
      recvx: 0,
      slots: Array.from({ length: 100 }, (_, i) => (i < 37 ? `"line ${i}"` : null)),
      sendq: [],
      recvq: [],
    },
    {
      ...base,
      id: "chan/6@1",
      name: "between",
      capacity: 1,
      length: 1,
      shared: true,
      sent: 3,
      received: 2,
      sendx: 0,
      recvx: 0,
      slots: [],
      sendq: [],
      recvq: [],
    },
  ];
}

export function fakeThings(): ThingRow[] {
  return [
    {
      id: "lock/mu#1",
      kind: "mutex",
      name: "mu",
      holders: [{ g: "1/3", since: 10_000 }],
      waiting: ["1/4", "1/14", "1/19", "1/24"],
      value: 0,
    },
    {
      id: "lock/cache#2",
      kind: "rwmutex",
      name: "cache",
      holders: [
        { g: "1/5", since: 12_000 },
        { g: "1/6", since: 12_100 },
        { g: "1/7", since: 12_200 },
      ],
      waiting: [],
      value: 0,
    },
    { id: "wg/3", kind: "waitgroup", name: "", holders: [], waiting: ["1/1"], value: 7 },
    { id: "timer/4", kind: "timer", name: "tick", holders: [], waiting: ["1/5"], value: 13_000 },
    { id: "sem/5", kind: "semaphore", name: "slots", holders: [], waiting: [], value: 3 },
    { id: "cond/6", kind: "cond", name: "ready", holders: [], waiting: ["1/9"], value: 0 },
  ];
}

export function fakeFindings(): Finding[] {
  return [
    {
      rule: "lock-held",
      severity: "error",
      text: "goroutine 3 (worker) has held mu for 2.3 s while 4 wait",
      about: ["1/3", "lock/mu#1"],
      since: 10_000,
    },
    {
      rule: "receiver-gone",
      severity: "warning",
      text: "channel results is full, and its only receiver has ended",
      about: ["chan/2", "1/8"],
      since: 9000,
    },
    {
      rule: "long-slice",
      severity: "note",
      text: "a slice of 131 ms without yielding at src/server/pool.ts:44",
      about: ["1/7"],
      since: 8000,
    },
  ];
}

export function fakeGraph(): Graph {
  return {
    nodes: [
      { id: "1/3", kind: "goroutine", label: "worker", count: 1 },
      { id: "1/4", kind: "goroutine", label: "collector", count: 1 },
      { id: "1/9", kind: "goroutine", label: "worker", count: 24 },
      { id: "1/5", kind: "goroutine", label: "heartbeat", count: 1 },
      { id: "chan/2", kind: "channel", label: "results", count: 1 },
      { id: "lock/mu#1", kind: "mutex", label: "mu", count: 1 },
      { id: "chan/3", kind: "channel", label: "quit", count: 1 },
      { id: "wg/3", kind: "waitgroup", label: "all workers", count: 1 },
      { id: "1/1", kind: "goroutine", label: "main", count: 1 },
    ],
    edges: [
      { from: "1/3", to: "chan/2", label: "sends to", cycle: true },
      { from: "chan/2", to: "1/4", label: "only receiver is", cycle: true },
      { from: "1/4", to: "lock/mu#1", label: "wants", cycle: true },
      { from: "lock/mu#1", to: "1/3", label: "held by", cycle: true },
      { from: "1/9", to: "chan/2", label: "sends to", cycle: false },
      { from: "1/5", to: "chan/3", label: "receives from", cycle: false },
      { from: "1/1", to: "wg/3", label: "wants", cycle: false },
      { from: "wg/3", to: "1/9", label: "counts", cycle: false },
    ],
    more: 112,
  };
}
