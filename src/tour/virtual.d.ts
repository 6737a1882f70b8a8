declare module "virtual:lessons" {
  import type { Lesson } from "./lesson.ts";

  /** In their order; `text` and `more` are HTML. */
  export const lessons: readonly Lesson[];
}
