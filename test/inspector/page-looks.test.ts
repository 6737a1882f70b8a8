/** What the page looks like and how it is reached: contrast, both widths, both themes, keys, nothing that jumps. */
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { executablePath, launch, type Opened, open } from "./browser.ts";
import { contrast, textsOf } from "./contrast.ts";
import { fakeStep } from "./fake-contents.ts";
import { FakeProgram } from "./fake-program.ts";

const PANELS = ["overview", "goroutines", "channels", "waits", "timeline", "things", "events", "steps"];
/** The palette's text colours, and what they stand on. */
const TEXTS = ["text", "muted", "accent", "running", "runnable", "waiting", "ended", "error", "warning"];
const GROUNDS = ["bg", "surface", "raised", "hover", "selected"];
const ON: readonly (readonly [string, string])[] = [
  ["on-accent", "accent"],
  ["error", "error-surface"],
  ["warning", "warning-surface"],
  ["running", "good-surface"],
  ["accent", "note-surface"],
  ["text", "error-surface"],
  ["on-span", "span-running"],
  ["on-span", "span-runnable"],
  ["on-span", "span-blocked"],
];

let browser: Browser;
let opened: Opened;

/** A program under the stepper, so that every panel is there. */
function program(): FakeProgram {
  const fake = new FakeProgram();
  fake.stepper = fakeStep();
  return fake;
}

const ready = async (page: Page, panel: string): Promise<void> => {
  await page.evaluate(`location.hash = "#/${panel}?at=chan%2F2"`);
  await page.locator(`nav a[aria-current=page][href="#/${panel}"]`).waitFor();
  await page.locator("aside .ring").waitFor();
  await page.locator("main .is-loading").waitFor({ state: "detached" });
};

describe.runIf(executablePath !== undefined)("the inspector's page", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(() => opened.close());

  describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
    it("has a palette of enough contrast", async () => {
      opened = await open(browser, program(), { theme });
      const colours = (await opened.page.evaluate(`(() => {
        const probe = document.body.appendChild(document.createElement("i"));
        return Object.fromEntries(${JSON.stringify([...TEXTS, ...GROUNDS, ...ON.flat(), "edge", "span-mixed"])}.map((name) => {
          probe.style.color = "var(--" + name + ")";
          return [name, getComputedStyle(probe).color];
        }));
      })()`)) as Record<string, string>;
      const of = (a: string, b: string): number => contrast(colours[a] as string, colours[b] as string);
      for (const text of TEXTS)
        for (const ground of GROUNDS) expect(of(text, ground), `${text} on ${ground}`).toBeGreaterThan(4.5);
      for (const [text, ground] of ON) expect(of(text, ground), `${text} on ${ground}`).toBeGreaterThan(4.5);
      for (const shape of ["edge", "span-mixed"]) expect(of(shape, "bg"), `${shape} on bg`).toBeGreaterThan(3);
    });

    it("has no text that is hard to read, in any panel", async () => {
      opened = await open(browser, program(), { theme });
      for (const panel of PANELS) {
        await ready(opened.page, panel);
        const texts = await textsOf(opened.page);
        expect(texts.length).toBeGreaterThan(20);
        for (const { text, colour, ground } of texts) {
          expect(contrast(colour, ground), `${panel}: ${text}: ${colour} on ${ground}`).toBeGreaterThan(4.5);
        }
      }
    });
  });

  it.each([1280, 1920])("fits a window %i wide", async (width) => {
    opened = await open(browser, program(), { width, height: 900 });
    const { page } = opened;
    for (const panel of PANELS) {
      await ready(page, panel);
      const wide =
        await page.evaluate(`[...document.querySelectorAll("html, main, aside, .panel, .list, .toolbar, .step-controls")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className || element.tagName)`);
      expect(wide, panel).toEqual([]);
    }
  });

  it("does not jump: not when an answer comes, and not when another panel does", async () => {
    opened = await open(browser, program());
    const { page } = opened;
    await page.evaluate(`globalThis.shifts = []; new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
        const moved = sources.map(({ node, previousRect, currentRect }) =>
          (node?.parentElement?.className ?? "") + " > " + (node?.className ?? node?.nodeName) + ": " + rect(previousRect) + " to " + rect(currentRect));
        shifts.push({ value, panel: location.hash, moved });
      }
    }).observe({ type: "layout-shift", buffered: false })`);
    for (const panel of PANELS) await ready(page, panel);
    opened.program.happen(50);
    opened.program.now += 5000;
    opened.program.goroutines = opened.program.goroutines.slice(0, 30);
    await page.locator(".top-time", { hasText: "17.3 s" }).waitFor();
    const shifts = (await page.evaluate("shifts")) as { readonly value: number }[];
    // A good page stays under 0.1 in all.
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    expect(sum, JSON.stringify(shifts, null, 1)).toBeLessThan(0.05);
  });

  it("is used with keys alone", async () => {
    opened = await open(browser, program());
    const { page } = opened;
    for (const [i, panel] of PANELS.entries()) {
      await page.keyboard.press(String(i + 1));
      await page.locator(`nav a[aria-current=page][href="#/${panel}"]`).waitFor();
    }
    await page.keyboard.press("2");
    await page.locator(".list-row").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("worker");
    await page.getByText(/^\d+ of 40 goroutines$/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText(/^40 goroutines$/).waitFor();
    await page.keyboard.press("Escape");
    const grid = page.getByRole("grid", { name: "Goroutines" });
    await grid.focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await page.locator("aside").getByText("goroutine 1/3").waitFor();
    const active = await grid.getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).innerText()).toMatch(/^G3\n/);
    await page.keyboard.press("End");
    await page.locator("aside").getByText("goroutine 1/40").waitFor();
    expect(await page.locator(".list-row[aria-selected=true]").innerText()).toMatch(/^G40\n/);
    await page.keyboard.press("Escape");
    await page.getByText("Nothing selected").waitFor();
    await page.keyboard.press("[");
    await page.locator("aside").getByText("goroutine 1/40").waitFor();

    await page.keyboard.press("t");
    await page.waitForFunction(`getComputedStyle(document.documentElement).colorScheme === "light"`);
    await page.keyboard.press("t");
    await page.waitForFunction(`getComputedStyle(document.documentElement).colorScheme === "dark"`);
    await page.reload();
    await page.locator(".list-row").first().waitFor();
    await page.waitForFunction(`document.documentElement.dataset.theme === "dark"`);

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await help.waitFor();
    await page.keyboard.press("4");
    expect(page.url()).toContain("#/goroutines");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await page.locator("aside").getByText("goroutine 1/40").waitFor();

    // Tab comes by everything that can be used, and what has the focus can be seen.
    await page.keyboard.press("4");
    await page.locator(".node").first().waitFor();
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      seen.add(
        (await page.evaluate(`(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        const visible = style.outlineStyle !== "none" || at.classList.contains("node") || at === document.body;
        return (visible ? "" : "unseen ") + (at.closest("nav, main, aside, footer, header")?.tagName ?? "BODY");
      })()`)) as string,
      );
    }
    expect([...seen].sort()).toEqual(["ASIDE", "BODY", "FOOTER", "HEADER", "MAIN", "NAV"]);
  });
});
