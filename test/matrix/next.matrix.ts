/** Next builds, serves and develops a program with the configuration of the guide, with both of its bundlers. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Project, project, root } from "../kit/pack.ts";
import { AWAY } from "../package/shown.ts";
import { configOf } from "./guide.ts";

let user: Project;
const servers = new Set<ChildProcess>();
const { NODE_ENV: _, ...rest } = process.env;
const env = { ...rest, NEXT_TELEMETRY_DISABLED: "1" };

beforeAll(() => {
  user = project("test/matrix");
});
afterAll(() => user?.remove());
afterEach(async () => {
  for (const server of servers) {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  }
  servers.clear();
});

/** The program, in a folder of its own. */
function app(name: string): string {
  const folder = join(user.folder, name);
  mkdirSync(folder);
  cpSync(join(root, "test/matrix/fixtures/next"), folder, { recursive: true });
  for (const file of ["tasks.ts", "job.ts", "wired.ts"]) {
    cpSync(join(user.folder, "threads", file), join(folder, "src", file));
  }
  const { file, code } = configOf("Next");
  writeFileSync(join(folder, file), code);
  return folder;
}

/** Runs Next in `cwd` until it serves; gives where. It serves until the end of the test. */
async function next(cwd: string, ...args: string[]): Promise<string> {
  const program = join(user.folder, "node_modules/next/dist/bin/next");
  const argv = [program, ...args, "--port", "0", "--hostname", "127.0.0.1"];
  const server = spawn(process.execPath, argv, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  servers.add(server);
  let url = "";
  for await (const line of createInterface({ input: server.stdout })) {
    url = /Local:\s+(http:\S+)/.exec(line)?.[1] ?? url;
    if (line.includes("Ready")) break;
  }
  server.stdout.resume();
  return url;
}

/** What a route handler and a server component say. */
async function said(url: string): Promise<string[]> {
  const [route, page] = await Promise.all(["/api", "/"].map(async (path) => (await fetch(url + path)).text()));
  return [route ?? "", /<p>([^<]*)</.exec(page ?? "")?.[1] ?? `no text in ${page}`];
}

describe.each(["turbopack", "webpack"])("%s", (bundler) => {
  it("builds what runs on threads where the sources are gone", async () => {
    const cwd = app(`${bundler}-build`);
    const program = join(user.folder, "node_modules/next/dist/bin/next");
    const builder = spawn(process.execPath, [program, "build", `--${bundler}`], { cwd, env, stdio: "inherit" });
    expect(await once(builder, "exit")).toEqual([0, null]);
    for (const folder of ["src", "app"]) rmSync(join(cwd, folder), { recursive: true });
    expect(await said(await next(cwd, "start"))).toEqual([AWAY, AWAY]);
  });

  it("runs on threads what is developed", async () => {
    expect(await said(await next(app(`${bundler}-dev`), "dev", `--${bundler}`))).toEqual([AWAY, AWAY]);
  });
});
