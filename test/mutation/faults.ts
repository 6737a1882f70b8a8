/** All faults. */
import { channels } from "./channels.ts";
import type { Fault } from "./fault.ts";
import { packages } from "./packages.ts";
import { runtime } from "./runtime.ts";

export const faults: readonly Fault[] = [...channels, ...runtime, ...packages];
