/** What the stepper's tests share. */
import { chan, go, listen } from "millrace";
import { expect, onTestFinished } from "vitest";
import type { StepState } from "../../src/inspector/protocol.ts";
import { type Stepped, Stepper } from "../../src/inspector/stepper/stepper.ts";
import type { RuntimeEvent } from "../../src/runtime/events.ts";
import { macrotask } from "../../src/runtime/host.ts";

/** A stepper over `program`, which writes with `print`. */
export async function held(
  program: (print: (line: string) => void) => () => unknown,
  options: Stepped["options"] = {},
): Promise<{ stepper: Stepper; events: RuntimeEvent[]; loads: () => number }> {
  let write = (_: string): void => {};
  let loads = 0;
  const events: RuntimeEvent[] = [];
  const stepper = new Stepper({
    load: () => {
      loads++;
      return { program: program((line) => write(`${line}\n`)) as () => unknown, options };
    },
    capture: (to) => {
      write = to;
      return () => {
        write = () => {};
      };
    },
    begin: () => void events.splice(0),
  });
  onTestFinished(listen((event) => void events.push(event)));
  await stepper.start();
  return { stepper, events, loads: () => loads };
}

/** What can be chosen, without places. */
export const labels = ({ choices }: StepState): string[] =>
  choices.map(({ label }) => label.replace(/, [^,]+:\d+$/, ""));

/** The choice that stands for goroutine `g`. */
export const choiceOf = ({ choices }: StepState, g: number): StepState["choices"][number] =>
  choices.find(({ id }) => id.endsWith(`/${g}`)) as StepState["choices"][number];

export const sorted = (choices: StepState["choices"]): StepState["choices"] =>
  [...choices].sort((a, b) => a.choice - b.choice);

/** Steps with nothing chosen until the program is over. */
export async function toEnd(stepper: Stepper): Promise<StepState> {
  let state = stepper.state;
  for (let n = 0; state.ended === null; n++) {
    expect(n).toBeLessThan(1000);
    state = await stepper.step();
  }
  return state;
}

/** Two send on one channel, main receives both. */
export const pair = (print: (line: string) => void) =>
  function* main() {
    const ch = chan<string>(0, { name: "ch" });
    for (const name of ["a", "b"]) {
      go(function* sender() {
        yield* ch.send(name);
        print(`sent ${name}`);
      });
    }
    for (let i = 0; i < 2; i++) print(`got ${yield* ch.recv()}`);
  };

/** Lets the host have its turns until `done`. */
export async function until(done: () => boolean): Promise<void> {
  for (let n = 0; !done(); n++) {
    expect(n).toBeLessThan(1_000_000);
    await new Promise<void>((resolve) => macrotask(resolve));
  }
}
