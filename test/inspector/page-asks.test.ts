/** How the page asks: one question at a time, nothing while hidden, again after a restart; and that a lot is no trouble. */
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asked, executablePath, launch, type Opened, open } from "./browser.ts";
import { FakeProgram } from "./fake-program.ts";
import { FakeServer } from "./fake-server.ts";

/** Milliseconds of a frame. */
const FRAME = 1000 / 60;

let browser: Browser;
let opened: Opened;

describe.runIf(executablePath !== undefined)("the inspector's page", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(() => opened.close());

  it("asks one question at a time, and only what is shown", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/goroutines" });
    const { page, server, program } = opened;
    for (const key of ["3", "4", "5", "6", "7", "1", "2"]) await page.keyboard.press(key);
    await page.locator("nav a[aria-current=page]", { hasText: "Goroutines" }).waitFor();
    await page.locator(".list-row").first().waitFor();
    // What was asked for the panels before may still come in; when the second of these does, it has.
    for (let i = 0; i < 2; i++) await asked(opened, (question) => question === "goroutines");
    program.asked.length = 0;
    for (let i = 0; i < 3; i++) await asked(opened, (question) => question === "goroutines");
    for (const other of ["status", "stepper"]) await asked(opened, (question) => question === other);
    expect(new Set(program.asked.map(({ question }) => question))).toEqual(
      new Set(["goroutines", "status", "stepper"]),
    );
    expect(server.together).toBe(1);
    expect(server.present).toBe(1);
  });

  it("waits for a slow program, says so, and asks no faster than it answers", async () => {
    opened = await open(browser, new FakeProgram());
    const { page, server, program } = opened;
    let release = (): void => {};
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    await page.locator(".link-sign.is-slow").waitFor();
    const before = program.asked.length;
    await page.keyboard.press("2");
    await page.keyboard.press("3");
    release();
    await page.locator(".link-sign.is-open").waitFor();
    await page.locator(".list-row").first().waitFor();
    expect(server.together).toBe(1);
    // The panel that was passed by asked nothing.
    expect(program.asked.slice(before).map(({ question }) => question)).not.toContain("goroutines");
  });

  it("asks nothing while it is hidden", async () => {
    opened = await open(browser, new FakeProgram());
    const { page, program } = opened;
    const hide = (hidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { configurable: true, get: () => ${hidden} });
         document.dispatchEvent(new Event("visibilitychange"))`,
      );
    await hide(true);
    // A question that was under way may still come in; two more rounds of the page's own clock bring none.
    for (let before = -1; before !== program.asked.length; ) {
      before = program.asked.length;
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 1000))");
    }
    program.now = 20_000;
    await hide(false);
    await page.locator(".top-time", { hasText: "20 s" }).waitFor();
  });

  it("says that the program is gone, keeps what it said, and finds it again", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/goroutines?at=1%2F3" });
    const { page, server, port, program } = opened;
    await expect.poll(() => page.locator(".list-row").count()).toBeGreaterThan(10);
    await server.close();
    await page.getByText("Disconnected.").waitFor();
    await page.getByText(/Trying again in \d+ s/).waitFor();
    expect(await page.locator(".list-row").count()).toBeGreaterThan(10);
    // Each try that fails makes the pause longer, so that it is not over before the button is pressed.
    const retry = page.getByRole("button", { name: "Try now" });
    while (!/again in [78] s/.test(await page.locator(".link-banner").innerText())) await retry.click();
    program.goroutines = program.goroutines.slice(0, 7);
    const again = new FakeServer(program);
    await again.listen(port);
    await retry.click();
    await page.getByText("7 goroutines").waitFor();
    await page.locator(".link-banner").waitFor({ state: "detached" });
    expect(again.together).toBe(1);
    await again.close();
    // By itself, too.
    await page.getByText("Disconnected.").waitFor();
    const third = new FakeServer(program);
    await third.listen(port);
    await page.locator(".link-sign.is-open").waitFor();
    await third.close();
  });

  it("says so where the program does not know its token", async () => {
    opened = await open(browser, new FakeProgram());
    const { page } = opened;
    await page.evaluate(`history.replaceState(null, "", "/another/")`);
    await page.getByText("Refused.").waitFor();
    await page.getByText("The program does not know this page.").waitFor();
  });

  it("shows in a panel what only that panel's question was told", async () => {
    const program = new FakeProgram();
    const ask = program.ask.bind(program);
    program.ask = (question, about) =>
      question === "channels" ? Promise.reject(new Error("the channels are not known")) : ask(question, about);
    opened = await open(browser, program, { hash: "#/channels" });
    const { page } = opened;
    await page.locator(".notice.is-error", { hasText: "the channels are not known" }).waitFor();
    expect(await page.locator(".link-banner").count()).toBe(0);
    program.ask = ask;
    await page.locator(".list-row").first().waitFor();
  });

  it("scrolls 100,000 goroutines smoothly", async () => {
    opened = await open(browser, new FakeProgram(100_000), { hash: "#/goroutines" });
    const { page, program } = opened;
    await page.getByText("100,000 goroutines").waitFor();
    expect(await page.locator(".list-row").count()).toBeLessThan(80);
    // Processor time of the page's thread, since the machine has other things to do too: first row by row, then far.
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const busy = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
    };
    const frame = async (pixels: number): Promise<number> => {
      const before = await busy();
      await page.evaluate(`(async () => {
        for (let i = 0; i < 60; i++) {
          document.querySelector(".list").scrollTop += ${pixels};
          await new Promise(requestAnimationFrame);
        }
      })()`);
      return ((await busy()) - before) / 60;
    };
    expect(await frame(90)).toBeLessThan(FRAME);
    expect(await frame(40_000)).toBeLessThan(FRAME);
    await page.evaluate(`document.querySelector(".list").scrollTop = 1e9`);
    await page.locator(".list-row", { hasText: "G100000" }).waitFor();
    expect(await page.locator(".list-row").count()).toBeLessThan(80);
    for (const { question, about } of program.asked) {
      if (question === "goroutines") expect((about as { limit: number }).limit).toBeLessThanOrEqual(300);
    }
  });

  it("zooms and scrolls a timeline of a million spans, asking for what is in sight", async () => {
    opened = await open(browser, new FakeProgram(2000, 500), { hash: "#/timeline" });
    const { page } = opened;
    const tracks = page.locator(".tracks");
    await page.locator(".track-name").first().waitFor();
    expect(await tracks.getAttribute("aria-label")).toContain("2,000 goroutines");
    expect(await page.locator(".track-name").count()).toBeLessThan(60);
    const wide = await asked(opened, (question) => question === "timeline");
    expect(wide.width).toBeLessThan(1300);

    const length = ({ from, to }: Record<string, unknown>): number => Number(to) - Number(from);
    await page.getByRole("button", { name: "Zoom in" }).click();
    // What was asked before the click may come in after it.
    const near = await asked(
      opened,
      (question, about) => question === "timeline" && length(about) < length(wide) * 0.8,
    );
    const { x, y, width, height } = (await page.locator(".tracks canvas").boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.wheel(0, -600);
    const nearer = await asked(
      opened,
      (question, about) => question === "timeline" && length(about) < length(near) * 0.5,
    );
    await tracks.focus();
    await page.keyboard.press("ArrowRight");
    await asked(opened, (question, about) => question === "timeline" && Number(about.from) > Number(nearer.from));
    await page.keyboard.press("0");
    await asked(opened, (question, about) => question === "timeline" && length(about) > 12_000);

    await page.evaluate(`document.querySelector(".tracks").scrollTop = 24 * 1000`);
    await asked(opened, (question, about) => question === "timeline" && about.offset === 994);
    await page.locator(".track-name", { hasText: "G1001" }).waitFor();
    await page.mouse.move(x + 200, y + 60);
    await page.locator(".tooltip").waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page
      .locator("aside")
      .getByText(/goroutine 1\/10/)
      .waitFor();
    // The picture is not empty: it has the colours of at least three kinds.
    const colours = (): Promise<unknown> =>
      page.evaluate(`(() => {
      const canvas = document.querySelector(".tracks canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 40, canvas.width, 40);
      const seen = new Set();
      for (let i = 0; i < data.length; i += 4) seen.add(data[i] + "," + data[i + 1] + "," + data[i + 2]);
      return seen.size;
    })()`);
    await expect.poll(colours).toBeGreaterThan(3);
  });
});
