/** Each panel of the inspector's page, in a real browser, on a program whose state is known. Needs a build. */
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asked, executablePath, launch, type Opened, open } from "./browser.ts";
import { fakeStep } from "./fake-contents.ts";
import { FakeProgram } from "./fake-program.ts";

let browser: Browser;
let opened: Opened;

describe.runIf(executablePath !== undefined)("the inspector's page", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });

  it("says how the program does, and what is wrong with it", async () => {
    opened = await open(browser, new FakeProgram());
    const { page, program } = opened;
    await page.getByText("goroutine 3 (worker) has held mu for 2.3 s while 4 wait").waitFor();
    expect(await page.locator(".finding").count()).toBe(3);
    await expect
      .poll(() => page.locator(".tile").allInnerTexts())
      .toEqual(expect.arrayContaining(["running\n1", "waiting\n29", "channels\n6"]));
    expect(await page.getByRole("row", { name: /^1 97 %/ }).innerText()).toContain("51,911");
    expect(await page.getByRole("row", { name: /import/ }).innerText()).toContain("send on closed channel");
    expect(await page.locator(".banner").count()).toBe(0);

    program.ended = "fatal error: all goroutines are asleep - deadlock!";
    await page.getByText("Deadlock: every goroutine waits.").waitFor();
    await page.locator(".top .tag.is-bad", { hasText: "deadlock" }).waitFor();
    program.ended = "";
    await page.getByText("The program has ended.").waitFor();
    program.findings = [];
    await page.getByText("Nothing found").waitFor();
  });

  it("filters, sorts and groups goroutines", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/goroutines" });
    const { page } = opened;
    const rows = page.locator(".list-row");
    const tally = page.locator(".tally");
    await rows.first().waitFor();
    expect(await rows.first().innerText()).toMatch(/^G1\nmain\nrunning/);
    expect(await tally.innerText()).toBe("40 goroutines");

    await page.getByRole("searchbox").fill("Mutex");
    const locked = opened.program.goroutines.filter((g) => g.reason === "sync.Mutex.Lock").length;
    await page.getByText(`${locked} of 40 goroutines`).waitFor();
    expect(await rows.count()).toBe(await rows.filter({ hasText: "sync.Mutex.Lock" }).count());
    await page.getByRole("searchbox").fill("nothing is called this");
    await page.getByText("Nothing matches").waitFor();
    await page.getByRole("searchbox").fill("");

    await page.getByRole("button", { name: "panicked" }).click();
    await page.getByText("2 of 40 goroutines").waitFor();
    await page.getByRole("button", { name: "panicked" }).click();

    const byName = page.getByRole("columnheader", { name: "Name" });
    await byName.getByRole("button").click();
    await rows.first().filter({ hasText: "collector" }).waitFor();
    expect(await byName.getAttribute("aria-sort")).toBe("ascending");
    await byName.getByRole("button").click();
    await rows.first().filter({ hasText: "worker" }).waitFor();
    expect(await byName.getAttribute("aria-sort")).toBe("descending");

    await page.getByLabel("Group by").selectOption("reason");
    await page.locator(".groups").getByRole("button", { name: "chan send" }).click();
    await page.getByText(/^\d+ of 40 goroutines$/).waitFor();
    expect(await rows.filter({ hasNotText: "chan send" }).count()).toBe(0);
  });

  it("shows a goroutine's stack, origin, what it holds and what it did", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/goroutines" });
    const { page } = opened;
    await page.locator(".list-row").nth(2).locator(".strong").click();
    const detail = page.locator("aside");
    await detail.getByText("goroutine 1/3").waitFor();
    const text = await detail.innerText();
    for (const part of [
      "worker (src/pool.ts:31:20)",
      "main (src/main.ts:12:3)",
      "lock/mu#1",
      "src/server/pool.ts:22",
    ]) {
      expect(text).toContain(part);
    }
    expect(await detail.locator(".recent li").count()).toBe(10);
    expect(page.url()).toContain("#/goroutines?at=1%2F3");
    // From one thing to the next, and back.
    await detail.getByRole("button", { name: "chan/3" }).click();
    await detail.getByRole("heading", { name: "quit" }).waitFor();
    await page.goBack();
    await detail.getByText("goroutine 1/3").waitFor();
  });

  it("draws a channel: its ring, sendx, recvx, values and both queues", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/channels?at=chan%2F1" });
    const { page, program } = opened;
    const detail = page.locator("aside");
    const ring = detail.locator(".ring");
    await ring.waitFor();
    expect(await ring.getAttribute("aria-label")).toBe("Ring of 6 slots, 4 full, sendx 2, recvx 4");
    expect(await ring.locator(".slot").count()).toBe(6);
    expect(await ring.locator(".slot.is-full").count()).toBe(4);
    expect(await ring.locator(".pointer").allTextContents()).toEqual(["recvx", "sendx"]);
    // In the order in which they will be received: around the ring.
    expect(await detail.locator(".values li").allInnerTexts()).toEqual(["44", "45", "46", "47"]);

    await page.locator(".list-row", { hasText: "results" }).click();
    await detail.locator(".queue.is-sendq", { hasText: "sendq 9" }).waitFor();
    expect(await detail.locator(".queue.is-sendq li").count()).toBe(6);
    expect(await detail.locator(".queue.is-sendq").innerText()).toMatch(
      /G4[\s\S]*collector[\s\S]*\{ id: 9 \}[\s\S]*select/,
    );
    await detail.getByText("and 3 others").waitFor();

    await page.locator(".list-row", { hasText: "quit" }).click();
    await detail.locator(".ring-meeting").waitFor();
    expect(await detail.locator(".queue.is-recvq li").count()).toBe(2);

    await page.locator(".list-row", { hasText: "old" }).click();
    await detail.locator(".ring-closed").waitFor();
    await page.locator(".list-row", { hasText: "log" }).click();
    await detail.locator(".cells-legend", { hasText: "37 / 100" }).waitFor();
    expect(await detail.locator(".slot.is-full").count()).toBe(37);
    await page.locator(".list-row", { hasText: "between" }).click();
    await detail.getByText("shared between threads").waitFor();

    program.channels = [];
    await page.getByText("No channels").waitFor();
    await detail.getByText("It is gone").waitFor();
  });

  it("draws who waits for whom, and says the cycle in words", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/waits" });
    const { page, program } = opened;
    await page.locator(".node").first().waitFor();
    expect(await page.locator(".node").count()).toBe(9);
    expect(await page.locator(".edge").count()).toBe(8);
    expect(await page.locator(".edge.is-cycle").count()).toBe(4);
    expect(await page.locator(".node", { hasText: "×24" }).count()).toBe(1);
    const cycle = await page.locator(".cycles li").innerText();
    expect(cycle.replace(/\s+/g, " ")).toMatch(
      /G3 worker → chan\/2 results → G4 collector → lock\/mu#1 mu → G3 worker/,
    );
    await page.getByText("and 112 more that are not drawn").waitFor();
    // Nothing is drawn over anything else.
    const boxes = await Promise.all((await page.locator(".node").all()).map((node) => node.boundingBox()));
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        if (a === null || b === null) throw new Error("a node is not there");
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
    await page.locator(".node", { hasText: "mu" }).click();
    await page.locator("aside").getByRole("heading", { name: "mu" }).waitFor();
    program.graph = { nodes: [], edges: [], more: 0 };
    await page.getByText("Nobody waits").waitFor();
  });

  it("lists locks, groups and timers, with holders and who waits", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/things" });
    const { page } = opened;
    const row = (text: string) => page.locator(".list-row", { hasText: text });
    await row("mu").first().waitFor();
    expect((await row("WaitGroup").innerText()).replace(/\s+/g, " ")).toBe("WaitGroup wg/3 1 G1 counter 7");
    // The time now and the detail are answers of their own, which come when they come.
    await expect.poll(() => row("tick").innerText()).toContain("in 655 ms");
    await row("cache").locator(".strong").click();
    await expect.poll(() => page.locator("aside .lines li").count()).toBe(3);
  });

  it("follows the events, asking only for new ones", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/events" });
    const { page, program } = opened;
    await page.getByText("120 events").waitFor();
    program.happen(30);
    await page.getByText("150 events").waitFor();
    expect(await asked(opened, (question) => question === "events")).toMatchObject({ after: 150 });
    expect(await page.locator(".list-row").last().innerText()).toMatch(/^150\n/);
    await page.getByRole("searchbox").fill("waits for mu");
    await page.getByText("30 events").waitFor();
    // The same program, started again, counts from 1.
    program.events.length = 0;
    program.happen(5);
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByText("5 events", { exact: true }).waitFor();
  });

  it("steps, chooses, goes back, runs to breakpoints, and shows the execution", async () => {
    const program = new FakeProgram(4);
    program.mode = "step";
    program.events.length = 0;
    program.stepper = fakeStep();
    opened = await open(browser, program, { hash: "#/steps" });
    const { page } = opened;
    const bar = page.locator(".step-controls");
    await bar.getByText("who goes next?").waitFor();
    await page.getByText("Nothing has happened yet").waitFor();
    expect(await bar.getByRole("button", { name: "Back" }).isDisabled()).toBe(true);

    await bar.getByRole("button", { name: "Step" }).click();
    await bar.getByText("Step 1").waitFor();
    await page.keyboard.press("n");
    await bar.getByText("Step 2").waitFor();
    await bar.getByRole("button", { name: "G2 producer starts" }).click();
    await bar.getByText("Step 3").waitFor();
    expect(program.stepper?.schedule).toBe("m1:0,0,1");
    await page.locator(".output", { hasText: "step 3 took 1" }).waitFor();
    await page.locator(".execution tbody tr").nth(2).waitFor();
    const table = page.locator(".execution");
    const heads = (await table.locator("thead th").allInnerTexts()).map((text) => text.replace("\n", " "));
    expect(heads).toEqual(["Step", "G2 worker", "G3 worker", "G4 collector"]);
    expect(await table.locator("tbody tr.is-newest").innerText()).toContain("is made ready by G2");

    await page.keyboard.press("b");
    await bar.getByText("Step 2").waitFor();
    await page.getByLabel("channel").fill("jobs");
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByText("any event on channel jobs").waitFor();
    await bar.getByRole("button", { name: "Run" }).click();
    await bar.getByText("running to a breakpoint").waitFor();
    program.stepper = { ...fakeStep(), step: 7, stoppedAt: 1, breakpoints: program.stepper?.breakpoints ?? [] };
    await bar.getByText("stopped at breakpoint 1").waitFor();
    await page.getByRole("button", { name: "Remove breakpoint 1" }).click();
    await page.getByText("None: Run goes to the end.").waitFor();

    program.stepper = { ...fakeStep(), step: 9, ended: "" };
    await bar.getByText("main returned").waitFor();
    expect(await bar.getByRole("button", { name: "Step" }).isDisabled()).toBe(true);
    await bar.getByRole("button", { name: "Restart" }).click();
    await bar.getByText("Step 0").waitFor();
  });

  it("says what could not be done", async () => {
    opened = await open(browser, new FakeProgram(), { hash: "#/goroutines?at=1%2F999" });
    const { page } = opened;
    await page.locator("aside").getByText("It is gone").waitFor();
    await page.goto(`${page.url().replace(/#.*/, "")}#/nonsense`);
    await page.locator("nav a[aria-current=page]", { hasText: "Overview" }).waitFor();
  });
});
