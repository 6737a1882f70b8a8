import { MOST, type ShapeTable } from "../../src/threads/values/shape-table.ts";

/** A table of one thread, for tests that want to begin with an empty one. */
export class LocalTable implements ShapeTable {
  readonly #ids: Map<string, number> = new Map();
  readonly #keys: (readonly string[])[] = [[]];

  intern(keys: readonly string[]): number {
    const name = JSON.stringify(keys);
    let id = this.#ids.get(name);
    if (id === undefined) {
      if (this.#keys.length > MOST) return 0;
      id = this.#keys.push(keys) - 1;
      this.#ids.set(name, id);
    }
    return id;
  }

  keysOf(id: number): readonly string[] | undefined {
    return id === 0 ? undefined : this.#keys[id];
  }
}
