export { BubbleError, OutsideError } from "../runtime/panic.ts";
export { type BubbleOptions, bubble, settle } from "./bubble.ts";
export { type LeakOptions, leaks, noLeaks, type TestHooks } from "./leaks.ts";
