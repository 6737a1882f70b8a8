/**
 * The inspector for any program, without the command: importing this starts it.
 *
 *     import "millrace/inspector";                // in the program
 *     node --import millrace/inspector app.js     // or from outside
 *
 * MILLRACE_INSPECT says where and when: a port, `HOST:PORT`, or `late`, and then it starts with the signal SIGUSR2 or with
 * `inspect()`.
 *
 * @module millrace/inspector
 */
import { attach } from "./attach.ts";

export { type Attached, type InspectOptions, inspect } from "./attach.ts";

attach();
