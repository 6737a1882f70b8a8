/** Contrast of colours as WCAG 2 computes it, and the texts of a page with what they stand on. */
import type { Page } from "playwright";

/** From 1, equal, to 21, black on white. Colours as browsers write computed ones. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(colour: string): number {
  const numbers = (colour.match(/[\d.]+/g) ?? []).map(Number).slice(0, 3);
  if (numbers.length < 3) throw new Error(`no colour: ${colour}`);
  const [red = 0, green = 0, blue = 0] = numbers.map((n) => {
    const share = colour.startsWith("color(") ? n : n / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export interface Text {
  readonly text: string;
  readonly colour: string;
  readonly ground: string;
}

/** All texts outside of drawings that can be seen; what is switched off need not be readable. */
export function textsOf(page: Page): Promise<Text[]> {
  return page.evaluate(`(() => {
    const found = [];
    const opaque = (colour) => !/^rgba\\(.*, 0(\\.\\d+)?\\)$|\\/ 0(\\.\\d+)?\\)$/.test(colour);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const element = walker.currentNode.parentElement;
      if (text === "" || element.closest("svg, :disabled, option, script, [hidden]") !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      let ground = element;
      while (ground.parentElement !== null && !opaque(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
      found.push({ text, colour: getComputedStyle(element).color, ground: getComputedStyle(ground).backgroundColor });
    }
    return found;
  })()`) as Promise<Text[]>;
}
