/** A program that never ran: every answer is of a state that the tests know. It can be changed under the page's eyes. */
import type {
  ChannelDetail,
  Finding,
  GoroutineRow,
  GoroutineState,
  Graph,
  LoggedEvent,
  Questions,
  Source,
  Status,
  StepState,
  ThingRow,
} from "../../src/inspector/protocol.ts";
import { timelineOf } from "./fake-timeline.ts";

type Asked = { readonly question: keyof Questions; readonly about: unknown };

export class FakeProgram implements Source {
  readonly asked: Asked[] = [];
  mode: Status["mode"] = "live";
  ended: string | null = null;
  now = 12_345;
  goroutines: GoroutineRow[];
  channels: ChannelDetail[] = fakeChannels();
  things: ThingRow[] = fakeThings();
  findings: Finding[] = fakeFindings();
  graph: Graph = fakeGraph();
  events: LoggedEvent[] = [];
  stepper: StepState | null = null;
  /** Spans of each goroutine. */
  spans: number;

  constructor(goroutines = 40, spans = 200) {
    this.goroutines = fakeGoroutines(goroutines);
    this.spans = spans;
    this.happen(120);
  }

  happen(n: number): void {
    const texts = [
      "sends 42 to jobs",
      "receives 41 from jobs",
      "waits for mu",
      "is made ready by G2",
      "starts G9 (worker)",
    ];
    const kinds = ["chan-send", "chan-recv", "go-park", "go-ready", "go-create"];
    for (let i = 0; i < n; i++) {
      const number = this.events.length + 1;
      const which = number % texts.length;
      this.events.push({
        n: number,
        at: number * 1.5,
        g: `1/${1 + (number % 4)}`,
        kind: kinds[which] as string,
        text: texts[which] as string,
      });
    }
  }

  async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    this.asked.push({ question, about });
    const answer = this.#answers[question] as ((about: Questions[Q]["ask"]) => unknown) | undefined;
    if (answer === undefined) throw new Error(`no such question: ${question}`);
    return answer(about) as Questions[Q]["answer"];
  }

  readonly #answers: { [Q in keyof Questions]: (about: Questions[Q]["ask"]) => Questions[Q]["answer"] } = {
    status: () => this.#status(),
    goroutines: (about) => this.#goroutines(about),
    goroutine: ({ id }) => {
      const row = this.goroutines.find((g) => g.id === id);
      if (row === undefined) return null;
      return {
        ...row,
        stack: row.state === "waiting" ? ["worker (src/pool.ts:31:20)", "loop (src/pool.ts:18:3)"] : [],
        originStack: ["main (src/main.ts:12:3)"],
        holds: id === "1/3" ? ["lock/mu#1"] : [],
        recent: this.events.filter((event) => event.g === id).slice(-10),
      };
    },
    channels: ({ offset, limit, filter = "", sort }) => {
      const rows = this.channels.filter((c) => `${c.id} ${c.name}`.includes(filter));
      if (sort === "name") rows.sort((a, b) => a.name.localeCompare(b.name));
      if (sort === "length") rows.sort((a, b) => b.length - a.length);
      if (sort === "traffic") rows.sort((a, b) => b.received - a.received);
      return { total: this.channels.length, matching: rows.length, rows: rows.slice(offset, offset + limit) };
    },
    channel: ({ id }) => this.channels.find((channel) => channel.id === id) ?? null,
    things: ({ offset, limit, filter = "" }) => {
      const rows = this.things.filter((thing) => `${thing.id} ${thing.kind} ${thing.name}`.includes(filter));
      return { total: rows.length, rows: rows.slice(offset, offset + limit) };
    },
    graph: () => this.graph,
    timeline: (about) => timelineOf(this.goroutines, this.spans, this.now, about),
    events: ({ after, limit }) =>
      after < 0 ? this.events.slice(-limit) : this.events.filter((event) => event.n > after).slice(0, limit),
    findings: () => this.findings,
    stepper: () => this.stepper,
    step: ({ choice = 0 }) => this.#step(choice),
    back: ({ steps = 1 }) => this.#back(steps),
    resume: () => this.#change({ paused: false }),
    pause: () => this.#change({ paused: true }),
    restart: ({ schedule = "" }) => {
      this.events.length = 0;
      return this.#change({ step: 0, schedule, ended: null, output: "", paused: true });
    },
    break: (breakpoint) =>
      this.#change({
        breakpoints: [
          ...(this.stepper?.breakpoints ?? []),
          { ...breakpoint, id: 1 + Math.max(0, ...(this.stepper?.breakpoints ?? []).map((each) => each.id)) },
        ],
      }),
    unbreak: ({ id }) =>
      this.#change({ breakpoints: (this.stepper?.breakpoints ?? []).filter((each) => each.id !== id) }),
  };

  #status(): Status {
    const counts = { running: 0, runnable: 0, waiting: 0, ended: 0, panicked: 0 };
    for (const g of this.goroutines) counts[g.state]++;
    return {
      mode: this.mode,
      program: "/home/ada/shop/src/server.ts",
      now: this.now,
      ended: this.ended,
      runs: [
        { run: 1, name: "main", ended: null },
        { run: 2, name: "report", ended: "" },
        { run: 3, name: "import", ended: "Panic: send on closed channel" },
      ],
      counts,
      channels: this.channels.length,
      threads: [
        { thread: 0, goroutines: 30, runnable: 4, busy: 0.62, switches: 48_200, longest: 12.4, longestBy: "1/3" },
        { thread: 1, goroutines: 10, runnable: 0, busy: 0.97, switches: 51_911, longest: 131, longestBy: "1/7" },
      ],
      events: this.events.length,
      forgotten: 0,
    };
  }

  #goroutines(about: Questions["goroutines"]["ask"]): Questions["goroutines"]["answer"] {
    const { offset, limit, filter = "", states = [], sort = "id", descending = false, group } = about;
    let rows = this.goroutines.filter(
      (g) =>
        (states.length === 0 || states.includes(g.state)) &&
        (filter === "" || `${g.id} ${g.name} ${g.reason} ${g.origin}`.includes(filter)),
    );
    const counted = new Map<string, number>();
    if (group !== undefined) {
      for (const g of rows) counted.set(String(g[group]), 1 + (counted.get(String(g[group])) ?? 0));
      if (about.in !== undefined) rows = rows.filter((g) => String(g[group]) === about.in);
    }
    if (sort !== "id") {
      rows.sort((a, b) =>
        typeof a[sort] === "number"
          ? Number(a[sort]) - Number(b[sort])
          : String(a[sort]).localeCompare(String(b[sort])),
      );
    }
    if (descending) rows.reverse();
    const groups = [...counted].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count);
    return {
      total: this.goroutines.length,
      matching: rows.length,
      groups,
      rows: rows.slice(offset, offset + limit),
    };
  }

  #change(change: Partial<StepState>): StepState | null {
    if (this.stepper !== null) this.stepper = { ...this.stepper, ...change };
    return this.stepper;
  }

  #step(choice: number): StepState | null {
    if (this.stepper === null) return null;
    if (this.stepper.ended !== null) throw new Error("the program is over");
    this.happen(1);
    const step = this.stepper.step + 1;
    const schedule = this.stepper.schedule === "" ? `m1:${choice}` : `${this.stepper.schedule},${choice}`;
    return this.#change({ step, schedule, output: `${this.stepper.output}step ${step} took ${choice}\n` });
  }

  #back(steps: number): StepState | null {
    this.events.splice(-steps);
    return this.#change({ step: Math.max(0, (this.stepper?.step ?? 0) - steps) });
  }
}

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

function fakeChannels(): ChannelDetail[] {
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

function fakeThings(): ThingRow[] {
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

function fakeFindings(): Finding[] {
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

function fakeGraph(): Graph {
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
