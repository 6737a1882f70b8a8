/** What the site makes of Markdown beyond what VitePress does. The documents stay readable without it. */
import { readFileSync } from "node:fs";
import type { MarkdownRenderer } from "vitepress";

interface Env {
  readonly path?: string;
}

/** Two code blocks that stand side by side: one in Go, or marked `beside`, and the one right after it. */
export function beside(md: MarkdownRenderer): void {
  const opens = (info: string): boolean => /^(go$|\w+ .*\bbeside\b)/.test(info);
  md.core.ruler.push("beside", (state) => {
    const { tokens } = state;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const [left, right] = [tokens[i], tokens[i + 1]];
      if (left?.type !== "fence" || right?.type !== "fence" || !opens(left.info)) continue;
      const html = (content: string): InstanceType<typeof state.Token> => {
        const token = new state.Token("html_block", "", 0);
        token.content = content;
        return token;
      };
      tokens.splice(i, 2, html('<div class="beside">'), left, right, html("</div>"));
      i += 3;
    }
  });
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
