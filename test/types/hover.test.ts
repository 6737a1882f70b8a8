/** What an editor shows: types that a person can read, with no helper type left unevaluated. */
import { expect, test } from "vitest";
import { hovers } from "./compiler.ts";

test("the displayed types are short and say what is there", { timeout: 120_000 }, () => {
  const shown = hovers(`
    import { chan, go, range, select, wait, run } from "millrace";
    export const ‸jobs = chan<string>(1);
    export const ‸counts = chan<number>(0, { zero: 0 });
    export async function f(): Promise<void> {
      const ‸job = await jobs.recv();
      const ‸pair = await jobs.recvOk();
      const ‸tried = jobs.tryRecv();
      const ‸s = await select({ job: jobs.recv(), sent: counts.send(1), default: true });
      const ‸list = await select([jobs.recv(), counts.recv()]);
      const ‸many = await select([jobs, jobs].map((ch) => ch.recv()));
      const ‸op = select({ job: jobs.recv() });
      const ‸g = go(function* () { return yield* counts.recv(); });
      const ‸joined = g.join();
      const ‸r = range(jobs);
      const ‸w = wait(Promise.resolve(1));
      const ‸result = await run(function* () { return (yield* jobs.recv())?.length; });
      void [job, pair, tried, s, list, many, op, joined, r, w, result];
    }
    export function* ‸worker() { return yield* counts.recv(); }
  `);
  expect(shown).toMatchInlineSnapshot(`
    [
      "const jobs: Chan<string, undefined>",
      "const counts: Chan<number, number>",
      "const job: string | undefined",
      "const pair: Received<string, undefined>",
      "const tried: TryReceived<string, undefined>",
      "const s: {
        readonly case: "default";
        readonly value: undefined;
    } | {
        readonly case: "job";
        readonly value: string | undefined;
    } | {
        readonly case: "sent";
        readonly value: void;
    }",
      "const list: {
        readonly index: 0;
        readonly value: string | undefined;
    } | {
        readonly index: 1;
        readonly value: number;
    }",
      "const many: {
        readonly index: number;
        readonly value: string | undefined;
    }",
      "const op: Op<{
        readonly case: "job";
        readonly value: string | undefined;
    }>",
      "const g: Goroutine<number>",
      "const joined: Op<number>",
      "const r: Range<string>",
      "const w: Op<number>",
      "const result: number | undefined",
      "function worker(): Generator<Parked, number, unknown>",
    ]
  `);
});
