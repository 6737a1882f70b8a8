/** What goroutines and channels of the program are called, by their numbers: as breakpoints and choices have it. */
import type { RuntimeEvent } from "../../runtime/events.ts";

export class Names {
  readonly #goroutines = new Map<number, string>([[1, "main"]]);
  readonly #channels = new Map<number, string>();

  hear(event: RuntimeEvent): void {
    if (event.kind === "go-create") this.#goroutines.set(event.g, event.name);
    if (event.kind === "chan-make" && event.name !== undefined && event.name !== "") {
      this.#channels.set(event.chan, event.name);
    }
  }

  /** The best one first. */
  ofGoroutine(run: number, g: number): readonly string[] {
    const name = this.#goroutines.get(g);
    return [...(name === undefined ? [] : [name]), `${run}/${g}`, String(g)];
  }

  ofChannel(chan: number): readonly string[] {
    const name = this.#channels.get(chan);
    return [...(name === undefined ? [] : [name]), `chan/${chan}`, String(chan)];
  }
}
