/** Objects of classes that were made sendable arrive as themselves. */
import { run } from "millrace";
import { sendable } from "millrace/threads";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Encoded, encode } from "../../src/threads/values/codec.ts";
import { decodePortable, encodePortable } from "../../src/threads/values/portable.ts";
import { CorruptError } from "../../src/threads/values/reader.ts";
import { copy } from "../../src/threads/values/slot.ts";
import { arrive, refused, trip } from "./codec-kit.ts";

class Money {
  readonly cents: number;
  parent: Money | null = null;
  constructor(cents: number) {
    if (typeof cents !== "number") throw new Error("the constructor ran");
    this.cents = cents;
  }
  get euros(): number {
    return this.cents / 100;
  }
  plus(other: Money): Money {
    return new Money(this.cents + other.cents);
  }
  static {
    sendable(Money);
  }
}

class AppError extends Error {
  override name = "AppError";
  readonly status: number;
  constructor(status: number, options?: ErrorOptions) {
    super(`status ${status}`, options);
    this.status = status;
  }
  get retryable(): boolean {
    return this.status >= 500;
  }
}
sendable(AppError);

class Account {
  #balance: number;
  constructor(balance: number) {
    this.#balance = balance;
  }
  get balance(): number {
    return this.#balance;
  }
}
const account = {
  encode: (a: Account) => ({ of: a.balance }),
  decode: (d: unknown) => new Account((d as { of: number }).of),
};

describe("objects of a class", () => {
  it("arrive with methods and getters, as often as they come, and no constructor runs", () => {
    for (let i = 0; i < 4; i++) {
      const back = trip({ price: new Money(150), list: [new Money(1)] });
      expect(back.price).toBeInstanceOf(Money);
      expect([back.price.euros, back.price.plus(back.list[0] as Money).cents]).toEqual([1.5, 151]);
      expect(back.price).toStrictEqual(new Money(150));
    }
    expect(trip(new Money(3)).euros).toBe(0.03);
  });

  it("keep who is who, in cycles too", () => {
    const a = new Money(1);
    a.parent = a;
    const [one, two] = trip([a, a]) as [Money, Money];
    expect([one === two, one.parent === one, one instanceof Money]).toEqual([true, true, true]);
  });

  it("of a class that extends another arrive as of the nearest that was registered", () => {
    class Coin extends Money {
      year = 2002;
    }
    const back = trip(new Coin(2)) as Coin;
    expect(Object.getPrototypeOf(back)).toBe(Money.prototype);
    expect([back.euros, back.year]).toEqual([0.02, 2002]);
  });

  it("call no setter of their class", () => {
    class Guarded {
      constructor() {
        Object.defineProperty(this, "size", { value: 3, enumerable: true });
      }
      set size(_value: number) {
        throw new Error("the setter ran");
      }
      get size(): number {
        return -1;
      }
    }
    sendable(Guarded);
    for (let i = 0; i < 3; i++) expect(trip(new Guarded()).size).toBe(3);
  });

  it("of classes that extend those of the language bring what is in them and their own properties", () => {
    class Registry extends Map<string, Money> {
      label = "r";
      get total(): number {
        return [...this.values()].reduce((sum, { cents }) => sum + cents, 0);
      }
    }
    class Stack<T> extends Array<T> {
      top(): T | undefined {
        return this.at(-1);
      }
    }
    class Bytes extends Uint8Array {
      sum(): number {
        return this.reduce((a, b) => a + b, 0);
      }
    }
    class Names extends Set<string> {}
    class Moment extends Date {}
    for (const each of [Registry, Stack, Bytes, Names, Moment]) sendable(each);
    const registry = new Registry([["a", new Money(2)]]);
    registry.label = "mine";
    const stack = Object.assign(Stack.from([1.5, 2.5, 3.5, 4.5]) as Stack<number>, { note: "n" });
    const back = trip({
      registry,
      stack,
      again: stack,
      bytes: Bytes.from([1, 2, 3]) as Bytes,
      names: new Names(["x"]),
      at: new Moment(5),
    });
    expect([back.registry.total, back.registry.label, back.registry instanceof Registry]).toEqual([2, "mine", true]);
    expect([back.stack.top(), back.stack.length, back.stack === back.again]).toEqual([4.5, 4, true]);
    expect((back.stack as unknown as { note: string }).note).toBe("n");
    expect(back.bytes.sum()).toBe(6);
    expect([back.names instanceof Names, back.names.has("x"), back.at instanceof Moment, back.at.getTime()]).toEqual([
      true,
      true,
      true,
      5,
    ]);
  });

  it("of errors bring message, stack, cause and fields", () => {
    const error = new AppError(503, { cause: new AppError(404) });
    const back = trip(error);
    expect(back).toBeInstanceOf(AppError);
    expect([back.retryable, back.message, back.stack, back.name]).toEqual([
      true,
      "status 503",
      error.stack,
      "AppError",
    ]);
    expect(back.cause).toBeInstanceOf(AppError);
    expect((back.cause as AppError).retryable).toBe(false);
  });
});

describe("private state", () => {
  it("is found in the text of the class, and refused without a codec", () => {
    expect(() => sendable(Account)).toThrow(
      "sendable: class Account has private state (#balance), which can't be copied; give it encode and decode: sendable(Account, { encode, decode })",
    );
    class Savings extends Account {}
    expect(() => sendable(Savings)).toThrow(/class Savings has private state \(#balance\)/);
    class Counted {
      static #made = 0;
      // Not "#hidden", and neither `this.is` private.
      readonly n = ++Counted.#made;
    }
    expect(trip(new (sendable(Counted))()).n).toBe(1);
    class Later extends Promise<void> {}
    expect(() => sendable(Later)).toThrow(/class Later extends Promise, whose insides can't be copied/);
    // As TypeScript and esbuild write them for older hosts.
    const lowered = [
      "return class Lowered { constructor() { _Lowered_x.set(this, 1); } x() { return __classPrivateFieldGet(this, _Lowered_x, 'f'); } }",
      "return class Lowered { constructor() { __privateAdd(this, _x, 1); } x() { return __privateGet(this, _x); } }",
    ];
    for (const code of lowered)
      expect(() => sendable(new Function(code)() as never)).toThrow(/class Lowered has private state/);
  });

  it("travels with encode and decode, within other values", () => {
    sendable(Account, account);
    const mine = new Account(7);
    const back = trip({ list: [mine, mine], more: { mine } });
    expect([back.list[0]?.balance, back.list[0] === back.list[1], back.more.mine === back.list[0]]).toEqual([
      7,
      true,
      true,
    ]);
    class Odd {
      readonly fn = (): void => {};
    }
    sendable(Odd, { encode: (odd) => ({ inner: [odd.fn] }), decode: () => new Odd() });
    expect(refused({ odd: new Odd() })).toMatch(/^args\[1\]\.odd\.inner\[0\] is function fn/);
  });
});

describe("a class that can't be registered is an error at the call", () => {
  it.each([
    [() => sendable(1 as never), "sendable: expected a class, got 1"],
    [() => sendable((() => {}) as never), /^sendable: expected a class, got a function/],
    [
      () => sendable(class ab {}),
      /^sendable: class ab has a name as minifiers give; say which it is: sendable\(ab, \{ name: "…" \}\)$/,
    ],
    [() => sendable(class Other {}, { name: "Money" }), /^sendable: "Money" is the name of another class/],
    [() => sendable(class URL {}), /^sendable: "URL" is the name of another class/],
    [
      () => sendable(class extends Error {}, { name: "TypeError" }),
      /^sendable: "TypeError" is the name of another class/,
    ],
    [
      () => sendable(class Half {}, { encode: String }),
      /^sendable: expected two functions encode and decode, got .* and undefined/,
    ],
    [
      () => sendable(class Wrong {}, { names: "x" } as never),
      'sendable: there is no option "names"; there are name, encode, decode',
    ],
    [() => sendable(class Wrong {}, { name: "" }), 'sendable: expected a name, got ""'],
  ])("%#", (call, text) => {
    expect(call).toThrow(text);
  });

  it("but the same module evaluated again is none", () => {
    const make = () =>
      class Again {
        a = 1;
      };
    const [older, newer] = [sendable(make()), sendable(make())];
    expect(trip(new older() as object)).toBeInstanceOf(newer);
  });
});

describe("what debug mode says once", () => {
  const said = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  beforeEach(() => said.mockClear());

  it("an object or an error of a class that is not registered", async () => {
    class Plain {
      a = 1;
    }
    class Lost extends TypeError {}
    const send = () => copy([new Plain(), new Plain(), new Lost("x"), new Money(1), new TypeError("y")], "value");
    await run(send);
    expect(said).not.toHaveBeenCalled();
    await run(send, { debug: true });
    await run(send, { debug: true });
    expect(said.mock.calls.map(([line]) => line)).toEqual([
      "millrace: an object of class Plain arrives on other threads as a plain object, without methods; make it sendable(Plain)\n",
      "millrace: an error of class Lost arrives on other threads as TypeError; make it sendable(Lost)\n",
    ]);
  });
});

describe("a thread that does not have the class", () => {
  /** What is sent under a name that is known to nobody. */
  function unknown(value: object): unknown {
    const into = new Encoded();
    encode([value], into);
    const bytes = into.bytes as Uint8Array;
    const name = value.constructor.name;
    for (let at = 0; at < into.length; at++) {
      if (String.fromCharCode(...bytes.subarray(at, at + name.length)) === name) bytes[at] = "X".charCodeAt(0);
    }
    return arrive(into);
  }

  it("gets a plain object, or what was encoded", () => {
    expect(unknown(new Money(1))).toEqual([{ cents: 1, parent: null }]);
    expect(Object.getPrototypeOf((unknown(new Money(1)) as object[])[0])).toBe(Object.prototype);
    expect(unknown(new Account(4))).toEqual([{ of: 4 }]);
  });
});

describe("classes of the host", () => {
  it("travel", () => {
    const form = new FormData();
    form.append("a", "1");
    const value = {
      url: new URL("https://example.org/a?b=c"),
      query: new URLSearchParams("a=1&a=2"),
      headers: new Headers({ "x-a": "b" }),
    };
    for (const back of [trip(value), decodePortable(encodePortable(value, "value")) as typeof value]) {
      expect([back.url instanceof URL, back.url.href]).toEqual([true, value.url.href]);
      expect([back.query instanceof URLSearchParams, String(back.query)]).toEqual([true, "a=1&a=2"]);
      expect([back.headers instanceof Headers, back.headers.get("X-A")]).toEqual([true, "b"]);
    }
    expect([...(trip(form) as FormData)]).toEqual([["a", "1"]]);
  });

  it("leave other processes alone with classes of the program", () => {
    expect(decodePortable(encodePortable({ price: new Money(2) }, "value"))).toEqual({
      price: { cents: 2, parent: null },
    });
    const into = new Encoded();
    encode({ price: new Money(2) }, into);
    const bytes = new Uint8Array([1, ...(into.bytes as Uint8Array).subarray(0, into.length)]);
    expect(() => decodePortable(bytes)).toThrow(CorruptError);
  });
});
