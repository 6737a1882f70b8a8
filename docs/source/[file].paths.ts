/** A page for each source file and folder that a document links to. */
import { readFileSync, statSync } from "node:fs";
import { address, isSource, linkedSources, root, under } from "../.vitepress/links.ts";

const text = (file: string): string => {
  if (statSync(root + file).isDirectory()) {
    return under(file)
      .filter(isSource)
      .map((inside) => `- [${inside.slice(file.length + 1)}](${address("README.md", inside)})`)
      .join("\n");
  }
  return `\`\`\`\`${file.endsWith(".ts") ? "ts" : "text"}\n${readFileSync(root + file, "utf8")}\n\`\`\`\``;
};

export default {
  paths: (): { params: { file: string }; content: string }[] =>
    linkedSources().map((file) => ({ params: { file }, content: text(file) })),
};
