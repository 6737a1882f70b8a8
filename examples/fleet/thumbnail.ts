/** The work of web.ts: a parallel function, which runs in whichever process serves it. */
import { type Context, cause } from "millrace/context";
import { parallel } from "millrace/threads";

/** A picture of a name, in SVG. Stands for work that takes long; a thread of a worker does it, so requests are answered meanwhile. */
export const thumbnail = parallel(import.meta, "thumbnail", (ctx: Context, name: string) => {
  if (ctx.err() !== undefined) throw cause(ctx); // the client has gone away
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path fill="hsl(${hue} 50% 50%)" d="M0 0h1v1H0z"/></svg>`;
});
