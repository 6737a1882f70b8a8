/** All faults. */
import { channels } from "./channels.ts";
import type { Fault } from "./fault.ts";
import { packages } from "./packages.ts";
import { remote } from "./remote.ts";
import { runtime } from "./runtime.ts";
import { threads } from "./threads.ts";
import { tools } from "./tools.ts";

export const faults: readonly Fault[] = [...channels, ...runtime, ...packages, ...threads, ...remote, ...tools];
