/** What the site makes of Markdown beyond what VitePress does. The documents stay readable without it. */
import { readFileSync } from "node:fs";
import type { MarkdownRenderer } from "vitepress";

interface Env {
  readonly path?: string;
}

/**
 * Code blocks that stand side by side: those in Go, or marked `beside`, on the left, the one right after them on the right.
 */
export function beside(md: MarkdownRenderer): void {
  const opens = (info: string): boolean => /^(go$|\w+ .*\bbeside\b)/.test(info);
  md.core.ruler.push("beside", (state) => {
    const { tokens } = state;
    const html = (content: string): InstanceType<typeof state.Token> => {
      const token = new state.Token("html_block", "", 0);
      token.content = content;
      return token;
    };
    const isLeft = (i: number): boolean => tokens[i]?.type === "fence" && opens(tokens[i]?.info ?? "");
    for (let i = 0; i < tokens.length; i++) {
      if (!isLeft(i)) continue;
      let right = i + 1;
      while (isLeft(right)) right++;
      if (tokens[right]?.type !== "fence") continue;
      tokens.splice(right + 1, 0, html("</div>"));
      tokens.splice(right, 0, html("</div>"));
      tokens.splice(i, 0, html('<div class="beside"><div>'));
      i = right + 3;
    }
  });
}

/**
 * Long lines of programs and of what they print go on in the next line, so that a comment at the end of one is read without
 * scrolling. Drawings made of letters stay as they are.
 */
export function wrapped(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, i, options, env, self) => {
    const html = fence?.(tokens, i, options, env, self) ?? "";
    const info = tokens[i]?.info ?? "";
    return /^(text|$)/.test(info) && !/\boutput\b/.test(info) ? html : html.replace('class="', 'class="wrapped ');
  };
}

/** Links between files become links between pages. */
export function relink(md: MarkdownRenderer, address: (env: Env, link: string) => string): void {
  md.core.ruler.push("relink", (state) => {
    for (const token of state.tokens) {
      for (const child of token.children ?? []) {
        const link = child.type === "link_open" ? child.attrGet("href") : null;
        if (link !== null) child.attrSet("href", address(state.env as Env, decodeURI(link)));
      }
    }
  });
}

/** A drawing (a picture in SVG) becomes part of the page, so that its colours follow the page's. */
export function drawings(md: MarkdownRenderer, find: (env: Env, file: string) => string): void {
  const image = md.renderer.rules.image;
  md.renderer.rules.image = (tokens, i, options, env: Env, self) => {
    const token = tokens[i];
    const file = token?.attrGet("src") ?? "";
    if (!file.endsWith(".svg") || /^([a-z]+:|\/)/.test(file)) return image?.(tokens, i, options, env, self) ?? "";
    const alt = md.utils.escapeHtml(token?.content ?? "");
    // Its own colours and title are for when it stands alone.
    const svg = readFileSync(find(env, file), "utf8").replaceAll(/<(style|title)>[\s\S]*?<\/\1>/g, "");
    return `<span class="drawing" role="img" aria-label="${alt}" v-pre>${svg.replaceAll(/\n\s*/g, "")}</span>`;
  };
}

/** The address of a heading, as repositories' browsers make it, so that links work there and here. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}
