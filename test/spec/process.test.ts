/**
 * Some examples as a reader would run them: in processes of their own, in real time. Above all the mistakes, whose lesson
 * is what the program prints when it ends: panic text, deadlock and leak report. Compared with goldens/.
 */
import { expect, test } from "vitest";
import { cli, golden, node, root } from "../kit/child.ts";

const mistakes = [
  "01-goroutines/09-blocked-for-ever",
  "08-buffered-channels/10-pitfall-deadlock",
  "08-buffered-channels/11-pitfall-send-on-closed",
  "08-buffered-channels/12-pitfall-nil-channel",
  "08-buffered-channels/14-pitfall-many-senders",
  "12-closing-channels/08-mistake-send",
  "12-closing-channels/09-mistake-close-nil",
  "12-closing-channels/10-mistake-close-twice",
  "12-closing-channels/11-mistake-receiver-closes",
  "13-closing-channels-in-depth/02-send-on-closed",
  "14-context/10-mistake-cancel-not-called",
  "17-worker-pools/08-mistake-not-closing",
  "17-worker-pools/09-mistake-unread-results",
  "17-worker-pools/10-mistake-unbuffered",
  "18-wait-groups/05-mistake-no-done",
];

test.for(mistakes)("%s, by millrace run", async (path) => {
  const ended = await node([cli, "run", `${root}examples/spec/${path}.ts`]);
  await expect(golden(ended)).toMatchFileSnapshot(`goldens/${path.replace("/", "-")}.txt`);
});

test.each([
  ["2", /^Core1: \|(----A----\|){3}\nCore2: \|(----B----\|){3}\n$/],
  ["1", /^Time: \|(----A----\|----B----\|){3}\n$/],
])("02-concurrency-and-parallelism/03-two-cores, with %s threads", { timeout: 60_000 }, async (threads, picture) => {
  const file = `${root}examples/spec/02-concurrency-and-parallelism/03-two-cores.ts`;
  const { code, stdout, stderr } = await node([cli, "run", "--threads", threads, file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(picture);
});

/** What they print, and how long they take, in milliseconds. */
const others: Readonly<Record<string, readonly [stdout: string, atLeast: number]>> = {
  "03-channels/03-send-and-receive": ["10\n", 0],
  "01-goroutines/06-main-exits-first": ["child: started\nmain: done\n", 100],
  "12-closing-channels/03-range": ["1\n2\n3\nalso\nasync\n", 0],
  "16-tickers/11-rate-limit": ["", 1000],
};

test.for(Object.entries(others))("%s, by node and tsx", async ([path, [stdout, atLeast]]) => {
  const start = performance.now();
  const ended = await node(["--import", "tsx", `${root}examples/spec/${path}.ts`]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toContain(stdout);
  expect(performance.now() - start).toBeGreaterThan(atLeast);
});
