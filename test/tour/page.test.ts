/** The tour in a real browser: every lesson's program runs there, is stopped, stepped through, kept and shared. */
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveTour, type Tour } from "../../src/cli/tour.ts";
import { type Lesson, matches, parseLesson } from "../../src/tour/lesson.ts";
import { findChromium } from "../kit/chromium.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "src/tour/lessons");
const lessons = readdirSync(folder)
  .sort()
  .map((file) => parseLesson(file, readFileSync(join(folder, file), "utf8")));
const executablePath = findChromium();

describe.runIf(executablePath !== undefined)("the tour", { timeout: 60_000 }, () => {
  let browser: Browser;
  let tour: Tour;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    tour = await serveTour(0, join(root, "dist/tour"));
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    tour?.server.closeAllConnections();
    tour?.server.close();
  });

  const open = async (hash: string): Promise<void> => {
    await page.goto(`${tour.url}${hash}`);
    // The page hears of its address a moment later.
    const { title } = lessons.find(({ slug }) => `#${slug}` === hash) ?? (lessons[0] as Lesson);
    await page.locator(".tour-text h2").filter({ hasText: title }).waitFor();
  };
  const bar = (name: string) => page.locator(".tour-bar").getByRole("button", { name, exact: true });
  const note = (text: string | RegExp) => page.locator(".tour-note").filter({ hasText: text });
  const output = (): Promise<string> => page.locator(".tour-output pre").innerText();
  const replaceCode = async (code: string): Promise<void> => {
    await page.locator(".editor .cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(code);
  };

  it("is one column on a phone, and all of it is there", async () => {
    await page.setViewportSize({ width: 375, height: 740 });
    await open("#goroutines");
    await bar("Run").click();
    await note("exit code 0").waitFor();
    await page.locator(".tour-tabs button", { hasText: "Timeline" }).click();
    await page.locator(".tour-panel").scrollIntoViewIfNeeded();
    const boxes = await page
      .locator(".tour-text, .tour-bar, .editor, .tour-output, .tour-tabs, .tour-panel")
      .evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect()).map(({ left, right, height }) => ({ left, right, height })),
      );
    expect(boxes).toHaveLength(6);
    for (const { left, right, height } of boxes) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(375);
      expect(height).toBeGreaterThan(30);
    }
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("runs every lesson's program, with its output and exit code", async () => {
    await open("");
    for (const { slug, title, output: expected } of lessons) {
      await page.locator(`.tour-lessons a[href="#${slug}"]`).click();
      await page.locator(".tour-text h2").filter({ hasText: title }).waitFor();
      await bar("Run").click();
      const fails = /^(panic|fatal error): /m.test(expected) && slug !== "schedules";
      await note(fails ? "exit code 2" : "exit code 0").waitFor();
      const printed = await output();
      // In real time, which a busy machine makes coarse; the order itself is tested with virtual time.
      const order = (text: string): string[] => {
        const lines = text.trimEnd().split("\n");
        return expected.includes("\n...") ? lines : lines.sort();
      };
      expect(matches(order(expected), order(printed)), `${slug}:\n${printed}`).toBe(true);
    }
    await page.getByText("20 of 20 programs run").waitFor();
    expect(complaints).toEqual([]);
  });

  it("reports where a program fails, by its lines", async () => {
    await open("#closing");
    await bar("Run").click();
    await note("exit code 2").waitFor();
    expect(await output()).toMatch(
      /panic: send on closed channel\n\ngoroutine 1 \[running\]:\nmain\(\)\n\tmain\.ts:16:\d+\n*$/,
    );
  });

  it("stops a loop that never ends", async () => {
    await open("#goroutines");
    await replaceCode(
      'import { main } from "millrace";\nmain(function* () {\n  console.log("round");\n  for (;;);\n});\n',
    );
    await bar("Run").click();
    await note("running").waitFor();
    await bar("Stop").click();
    await note("stopped").waitFor();
    await bar("Reset").click();
  });

  it("says what is wrong with a program that is none", async () => {
    await open("#goroutines");
    await replaceCode("const = 1;\n");
    await bar("Run").click();
    await note("exit code 1").waitFor();
    expect(await output()).toMatch(/^main\.ts:1:7: /);
    await replaceCode('import "left-pad";\n');
    await bar("Run").click();
    await page.getByText('there is no "left-pad" in the tour').waitFor();
    await bar("Reset").click();
  });

  it("steps through a program, and shows its channel as it is drawn in the specification", async () => {
    await open("#buffered-channels");
    complaints.length = 0; // of what the browser's own editing does, and the policy then forbids
    await bar("Step").click();
    await page.getByText("who goes next?").waitFor();
    const said = (n: number) =>
      page
        .locator(".step-state")
        .filter({ hasText: `Step ${n} ` })
        .waitFor();
    for (let n = 1; n <= 6; n++) {
      await page.keyboard.press("n");
      await said(n);
    }
    // Both slots are full, and the sender is parked with its 3.
    await page.locator(".hchan").filter({ hasText: "2 / 2" }).waitFor();
    await page.locator(".hchan").filter({ hasText: "sender" }).waitFor();
    await page.keyboard.press("b");
    await said(5);
    await page.locator(".hchan").filter({ hasText: "no sender waits" }).waitFor();
    await page.locator(".step-controls").getByRole("button", { name: "Run" }).click();
    await note("exit code 0").waitFor();
    expect(await output()).toBe("1\n2\n3\nSent all\n");
    expect(complaints).toEqual([]);
  });

  it("keeps edits and what was run, until they are reset", async () => {
    await open("#mutex");
    await replaceCode('import { main } from "millrace";\nmain(function* () {\n  console.log("mine");\n});\n');
    await page.reload();
    await page.keyboard.press("Tab");
    await bar("Run").click();
    await note("exit code 0").waitFor();
    expect(await output()).toBe("mine\n");
    await bar("Reset").click();
    await page.reload();
    await bar("Run").click();
    await note("exit code 0").waitFor();
    expect(await output()).toBe("balance 160 of 160\n");
  });

  it("shares a program by the address", async () => {
    await open("#select");
    await replaceCode('import { main } from "millrace";\nmain(function* () {\n  console.log("für Ada → ☕");\n});\n');
    await bar("Share").click();
    await page.getByText("The address has this program now").waitFor();
    const address = page.url();
    await bar("Reset").click();
    await open("#range");
    await page.goto(address);
    await page.reload();
    await page.getByText("This program came with the address.").waitFor();
    await bar("Run").click();
    await note("exit code 0").waitFor();
    expect(await output()).toBe("für Ada → ☕\n");
  });

  it("forbids what is no part of it: text as code, and to talk to anybody", async () => {
    const policy = (await (await fetch(tour.url)).headers.get("content-security-policy")) ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; ");
    expect(policy).not.toContain("unsafe");
    await open("#goroutines");
    await replaceCode(
      'import { main, wait } from "millrace";\nmain(function* () {\n  try { new Function("return 1")(); console.log("evaluated"); } catch { console.log("refused"); }\n' +
        `  try { yield* wait(fetch("${tour.url}")); console.log("fetched"); } catch { console.log("refused"); }\n});\n`,
    );
    await bar("Run").click();
    await note("exit code 0").waitFor();
    expect(await output()).toBe("refused\nrefused\n");
    await bar("Reset").click();
  });

  it("answers only this machine's own browser, and only with its files", async () => {
    const { port } = new URL(tour.url);
    const asked = (path: string, host: string, method = "GET"): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: "127.0.0.1", port, path, method, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.once("error", reject).end();
      });
    expect(await asked("/", `127.0.0.1:${port}`)).toBe(200);
    expect(await asked("/", `localhost:${port}`)).toBe(200);
    expect(await asked("/", "tour.example")).toBe(403);
    expect(await asked("/../package.json", `127.0.0.1:${port}`)).toBe(404);
    expect(await asked("/nothing.js", `127.0.0.1:${port}`)).toBe(404);
    expect(await asked("/", `127.0.0.1:${port}`, "POST")).toBe(405);
  });
});
