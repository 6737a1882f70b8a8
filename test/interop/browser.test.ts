/** As far as a browser has what it stands on, it works there: nothing of Node is imported, and Node's streams are refused with a reason. */
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { root } from "../kit/child.ts";

let code = "";
beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from "./src/index.ts"; export * from "./src/interop/index.ts";`, resolveDir: root },
    bundle: true,
    format: "iife",
    globalName: "millrace",
    platform: "browser",
    write: false,
    metafile: true,
    target: "es2022",
  });
  code = outputFiles[0]?.text ?? "";
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((each) => each.external))).toEqual([]);
});

/** Runs `program` in a realm that has what browsers have, and nothing of Node. */
function inBrowser(program: string): Promise<unknown> {
  const web: Record<string, unknown> = {};
  for (const name of [
    "AbortController",
    "AbortSignal",
    "Event",
    "EventTarget",
    "MessageChannel",
    "ReadableStream",
    "TextDecoderStream",
    "WritableStream",
    "Response",
    "clearTimeout",
    "console",
    "crypto",
    "navigator",
    "performance",
    "queueMicrotask",
    "setTimeout",
  ]) {
    web[name] = Reflect.get(globalThis, name);
  }
  return runInNewContext(`${code}; (async () => { ${program} })()`, web) as Promise<unknown>;
}

test("streams, iterables, events, signals", async () => {
  const seen = await inBrowser(`
    const { run, range, chan, fromReadable, fromIterable, fromEvent, toReadable, toWritable, toSignal } = millrace;
    const seen = [];
    await run(function* () {
      const body = new Response("hello").body.pipeThrough(new TextDecoderStream());
      for (const r = range(fromReadable(body)); yield* r.next(); ) seen.push(r.value);
      const ch = chan();
      toReadable(fromIterable([1, 2, 3])).pipeTo(toWritable(ch));
      for (const r = range(ch); yield* r.next(); ) seen.push(r.value);
      const target = new EventTarget();
      const clicks = fromEvent(target, "click");
      target.dispatchEvent(new Event("click"));
      seen.push((yield* clicks.recv()).type);
      const quit = chan();
      const aborted = fromEvent(toSignal(quit), "abort");
      quit.close();
      seen.push((yield* aborted.recv()).type);
    });
    return seen.join();
  `);
  expect(seen).toBe("hello,1,2,3,click,abort");
});

test("Node's streams are not to be had", async () => {
  const messages = await inBrowser(`
    const messages = [];
    for (const name of ["toNodeReadable", "toNodeWritable"]) {
      try { millrace[name](millrace.chan()); } catch (e) { messages.push(e.code + ": " + e.message); }
    }
    return messages.join();
  `);
  expect(messages).toBe(
    "BAD_ARGUMENT: toNodeReadable: Node's streams are not to be had here,BAD_ARGUMENT: toNodeWritable: Node's streams are not to be had here",
  );
});
