/** A real Chromium, for tests of pages. */
import { type Browser, chromium, type Page } from "playwright";
import { findChromium } from "../kit/chromium.ts";
import type { FakeProgram } from "./fake-program.ts";
import { FakeServer, TOKEN } from "./fake-server.ts";

export const executablePath: string | undefined = findChromium();

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
}

export interface Opened {
  readonly page: Page;
  readonly server: FakeServer;
  readonly program: FakeProgram;
  readonly port: number;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** The page on `program`, at a panel. */
export async function open(
  browser: Browser,
  program: FakeProgram,
  { hash = "", width = 1280, height = 800, theme = "light" as "light" | "dark" } = {},
): Promise<Opened> {
  const server = new FakeServer(program);
  const port = await server.listen();
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load")) complaints.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${port}/${TOKEN}/${hash}`);
  await page.locator(".link-sign.is-open").waitFor();
  return {
    page,
    server,
    program,
    port,
    complaints,
    async close() {
      await page.close();
      await server.close();
    },
  };
}

/** Waits until a question that `fits` has been asked from now on. */
export async function asked(
  { page, program }: Opened,
  fits: (question: string, about: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (let from = program.asked.length; ; ) {
    for (; from < program.asked.length; from++) {
      const { question, about } = program.asked[from] as (typeof program.asked)[number];
      if (fits(question, about as Record<string, unknown>)) return about as Record<string, unknown>;
    }
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}
