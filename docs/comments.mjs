/**
 * What the reference makes of docstrings: a function with several signatures has its documentation once, above the first,
 * and the line that names the source is a paragraph of its own.
 */
import { Converter, ReflectionKind } from "typedoc";

const text = (comment) => JSON.stringify([comment?.summary, comment?.blockTags.map((tag) => tag.content)]);

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const { signatures } of project.getReflectionsByKind(ReflectionKind.FunctionOrMethod)) {
      const [first, ...others] = signatures ?? [];
      for (const each of others) if (text(each.comment) === text(first.comment)) each.comment = undefined;
    }
    for (const { comment } of project.getReflectionsByKind(ReflectionKind.All)) {
      for (const part of comment?.summary ?? []) part.text = part.text.replaceAll(/([^\n])\n(Source: )/g, "$1\n\n$2");
    }
  });
}
