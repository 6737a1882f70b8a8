export { type LeakOptions, leaks, noLeaks, type TestHooks } from "./leaks.ts";
