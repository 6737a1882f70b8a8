/**
 * The shapes of plain objects: a list of keys, in order, that all threads know by a number, so that an object travels as
 * that number and its values.
 *
 * Invariants: a number, once given, means the same list on every thread, for ever; the table only grows, and stops at
 * `MOST`. A shape gets its number at the second object that has it, so that what is used as a dictionary, whose keys are
 * data, does not fill the table; objects without a number travel with their keys spelled out.
 *
 * Each thread finds a shape by walking a tree of its own, a step a key, in which each step remembers its most recent
 * successor. Rejected: `Object.keys` joined to a string (three times the whole cost of a small object), a hash of the keys
 * (no cheaper than the steps, and then the keys must be compared all the same).
 */
import { MOST, type ShapeTable, sharedTable } from "./shape-table.ts";

/** The most steps in a thread's tree. */
const MOST_STEPS = 4 * MOST;
/** The most keys of a shape. */
const MOST_KEYS = 64;
/** The longest key of a shape. */
const LONGEST_KEY = 128;

/** What a thread knows of a shape. */
export class Shape {
  readonly keys: readonly string[];
  /** A key is `__proto__`: to assign it would set the prototype. */
  readonly risky: boolean;

  constructor(keys: readonly string[]) {
    this.keys = keys;
    this.risky = keys.includes("__proto__");
  }
}

/** A step in the tree: the objects whose first keys are these. */
export class Step {
  readonly keys: readonly string[];
  /** The shape's number; 0 before it has one, -1 where it never will. */
  id: number;
  /** The successor that was used last. */
  key = "";
  next: Step | null = null;
  #met = false;
  #others: Map<string, Step> | null = null;

  constructor(keys: readonly string[], id = 0) {
    this.keys = keys;
    this.id = id;
  }

  /** The successor for `key`. */
  to(key: string, shapes: Shapes): Step {
    if (this === WIDE) return WIDE;
    this.#others ??= new Map();
    let next = this.#others.get(key);
    if (next === undefined) {
      if (this.keys.length >= MOST_KEYS || key.length > LONGEST_KEY || !shapes.room()) return WIDE;
      next = new Step([...this.keys, key]);
      this.#others.set(key, next);
    }
    this.key = key;
    this.next = next;
    return next;
  }

  /** An object has just this shape. Gives its number, 0 for none. */
  met(table: ShapeTable): number {
    if (this.id !== 0) return this.id;
    if (!this.#met) {
      this.#met = true;
      return 0;
    }
    this.id = table.intern(this.keys) || -1;
    return this.id;
  }
}

/** Where the walk ends that left the tree. */
export const WIDE: Step = new Step([], -1);

/** The shapes as one thread knows them. */
export class Shapes {
  root: Step = new Step([]);
  readonly table: ShapeTable;
  #steps = 0;
  readonly #known: (Shape | undefined)[] = [];

  constructor(table: ShapeTable) {
    this.table = table;
  }

  room(): boolean {
    return this.#steps < MOST_STEPS && ++this.#steps > 0;
  }

  /** The shape with that number; undefined when there is none. */
  get(id: number): Shape | undefined {
    return this.#known[id] ?? this.#look(id);
  }

  #look(id: number): Shape | undefined {
    const keys = this.table.keysOf(id);
    if (keys === undefined) return undefined;
    const shape = new Shape(keys);
    while (this.#known.length <= id) this.#known.push(undefined); // no holes: they would make it a dictionary
    this.#known[id] = shape;
    return shape;
  }
}

/** This thread's shapes. */
export let shapes: Shapes = new Shapes(sharedTable);

/** From now on numbers come from `table`. What was encoded before can't be decoded any more. */
export function useShapeTable(table: ShapeTable): void {
  shapes = new Shapes(table);
}
