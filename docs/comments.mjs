/**
 * What the reference makes of docstrings: a function with several signatures has its documentation once, above the first,
 * each signature what is said of its own parameters, and the line that names the source is a paragraph of its own. How to make
 * an error or a `Time` is left out: the library makes them.
 */
import { Converter, ReflectionKind } from "typedoc";

const text = (comment) => JSON.stringify([comment?.summary, comment?.blockTags.map((tag) => tag.content)]);

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const each of project.getReflectionsByKind(ReflectionKind.Constructor)) {
      if (each.parent.extendedTypes?.some(({ name }) => /(Error|Date)$/.test(name))) project.removeReflection(each);
    }
    for (const { signatures } of project.getReflectionsByKind(ReflectionKind.FunctionOrMethod)) {
      if (signatures === undefined || signatures.length < 2) continue;
      for (const { comment, parameters } of signatures) {
        if (comment === undefined) continue;
        const has = (tag) => parameters?.some(({ name }) => name === tag.name);
        comment.blockTags = comment.blockTags.filter((tag) => tag.tag !== "@param" || has(tag));
      }
    }
  });
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
