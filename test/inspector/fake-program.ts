/** A program that never ran: every answer is of a state that the tests know. It can be changed under the page's eyes. */
import type {
  ChannelDetail,
  Finding,
  GoroutineRow,
  Graph,
  LoggedEvent,
  Questions,
  Source,
  Status,
  StepState,
  ThingRow,
} from "../../src/inspector/protocol.ts";
import { fakeChannels, fakeFindings, fakeGoroutines, fakeGraph, fakeThings } from "./fake-contents.ts";
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
