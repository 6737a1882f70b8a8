/** What a program of the fixtures says, and what a page shows that runs it. */
import { chromium } from "playwright";
import { expect } from "vitest";
import { findChromium } from "../kit/chromium.ts";

/** All was done, on other threads. */
export const AWAY = "328350 100 enough 100 elsewhere";
/** All was done, on this one. */
export const HERE = "328350 100 enough 0 elsewhere";

export interface Shown {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** The text of the page at `url`, once it has some. No error may come into its console. */
export async function shown(url: string): Promise<Shown> {
  const browser = await chromium.launch({ executablePath: findChromium() as string, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    const warnings: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
      if (message.type() === "warning") warnings.push(message.text());
    });
    await page.goto(url);
    const text = async (): Promise<string> => ((await page.textContent("body")) ?? "").trim();
    await expect.poll(text, { timeout: 60_000 }).not.toBe("");
    expect(errors).toEqual([]);
    return { text: await text(), warnings };
  } finally {
    await browser.close();
  }
}
