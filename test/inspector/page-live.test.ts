/** The page on a real program, started with `millrace run --inspect`. Needs a build. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cli, node, root } from "../kit/child.ts";
import { executablePath, launch } from "./browser.ts";

const SHOP = fileURLToPath(new URL("./programs/shop.ts", import.meta.url));

let browser: Browser;
let child: ChildProcess;
let page: Page;
let complaints: string[];

/** Starts a program and opens its page. */
async function inspect(...argv: string[]): Promise<void> {
  const { NODE_OPTIONS: _, MILLRACE_SEED: __, ...env } = process.env;
  child = spawn(process.execPath, [cli, "run", "--inspect", ...argv], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      const [, found] = /is at (http:\S+)/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`it ended: ${text}`)));
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator(".link-sign.is-open").waitFor();
}

describe.runIf(executablePath !== undefined)("the inspector's page on a real program", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    child.kill("SIGKILL");
    await page.close();
  });

  it("shows what it does, in every panel, and that it is gone", async () => {
    await inspect(SHOP);
    const { keyboard } = page;
    await page.locator(".tile.is-waiting dd", { hasText: "11" }).waitFor();
    expect(await page.locator(".program").innerText()).toContain("shop.ts");

    await keyboard.press("2");
    await page.getByRole("searchbox").fill("clerk");
    await page.getByText("4 of 11 goroutines").waitFor();
    await page.locator(".list-row", { hasText: "sync.Mutex.Lock" }).first().getByText("clerk").click();
    const detail = page.locator("aside");
    await detail.locator(".frames", { hasText: "shop.ts" }).first().waitFor();
    // What main runs is the second run, and the only one that has goroutines.
    expect((await page.locator(".list-row").allInnerTexts()).map((text) => /^G\d+\b(?!\/)/.test(text))).toEqual([
      ...Array(4).fill(true),
    ]);

    await keyboard.press("Escape");
    await keyboard.press("3");
    await page.locator(".list-row", { hasText: "receipts" }).click();
    await detail.locator(".queue.is-sendq li", { hasText: "packer" }).nth(2).waitFor();
    expect(await detail.locator(".ring").getAttribute("aria-label")).toMatch(
      /^Ring of 2 slots, 2 full, sendx \d, recvx \d$/,
    );
    expect(await detail.locator(".values li").allInnerTexts()).toEqual([
      expect.stringContaining("receipt "),
      expect.stringContaining("receipt "),
    ]);
    await page.locator(".list-row", { hasText: "quit" }).click();
    await detail.locator(".queue.is-recvq li", { hasText: "cashier" }).waitFor();
    await detail.locator(".queue.is-recvq li", { hasText: "select" }).waitFor();

    await keyboard.press("4");
    await page.locator(".node", { hasText: "clerk" }).waitFor();
    await page.locator(".edge").first().waitFor();

    await keyboard.press("5");
    await page.locator(".track-name", { hasText: "customers" }).waitFor();
    await page.getByRole("button", { name: "Follow" }).click();

    await keyboard.press("6");
    await page.locator(".list-row", { hasText: "Mutex" }).getByText("Mutex", { exact: true }).click();
    await detail.getByText("Waiting, first in line first").waitFor();
    await expect.poll(() => detail.locator("ol.lines li").count()).toBe(4);

    await keyboard.press("7");
    await page.locator(".list-row", { hasText: "tick" }).first().waitFor();
    expect(complaints).toEqual([]);

    child.kill("SIGKILL");
    await page.getByText("Disconnected.").waitFor();
    await page.getByText("The program does not answer.").waitFor();
    expect(await page.locator(".list-row").count()).toBeGreaterThan(0);
  });

  it("keeps a program that has ended, until the last page is closed", async () => {
    await inspect("--inspect-wait", "test/process/programs/chan-receive.ts");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await page.getByText("all goroutines are asleep - deadlock!").first().waitFor();
    const other = await browser.newPage();
    await other.goto(page.url());
    await other.locator(".link-sign.is-open").waitFor();
    await page.close();
    // Still there: the other one is answered.
    await other.keyboard.press("2");
    await other.locator(".list-row", { hasText: "chan receive" }).first().waitFor();
    expect(child.exitCode).toBeNull();
    await other.close();
    expect(await ended).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("opens a recorded trace, and goes back to the program", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-page-"));
    const trace = join(folder, "out.json");
    const pipeline = join(root, "examples/spec/08-buffered-channels/06-behavior.ts");
    expect((await node([cli, "run", "--trace", trace, pipeline])).code).toBe(0);
    await inspect(SHOP);
    const file = page.locator("input[type=file]");
    await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["{ this is no trace"], "wrong.json"));
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer }));
    })()`);
    await page.locator(".link-banner", { hasText: "wrong.json" }).waitFor();
    await page.getByRole("button", { name: "Close" }).click();

    await file.setInputFiles(trace);
    await page.locator(".top .tag", { hasText: "trace" }).waitFor();
    await page.locator(".program", { hasText: "out.json" }).waitFor();
    await page.keyboard.press("2");
    await page.locator(".list-row").first().locator(".strong").click();
    await page.locator("aside").getByText("What it did last").waitFor();
    await page.keyboard.press("5");
    await page.locator(".track-name").first().waitFor();

    await page.getByRole("button", { name: "Close trace" }).click();
    await page.locator(".program", { hasText: "shop.ts" }).waitFor();
    expect(complaints).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
