/** Directional views of a channel and how they vary. Compiled by compile.test.ts, never run. */
import { type Chan, chan, nilChan, type Op, type RecvChan, type SendChan } from "millrace";
import { type SharedChan, sharedChan } from "millrace/threads";
import { type Equal, expectType } from "./equal.ts";

interface Animal {
  readonly name: string;
}
interface Cat extends Animal {
  readonly lives: number;
}

declare const animals: Chan<Animal>;
declare const cats: Chan<Cat>;
declare const catsOnly: RecvChan<Cat>;
declare const animalsIn: SendChan<Animal>;

export function assignments(): void {
  // A channel is either of its views, without a cast.
  const r: RecvChan<Animal> = animals;
  const s: SendChan<Animal> = animals;
  // A receiver of cats is a receiver of animals; a sender of animals is a sender of cats.
  const covariant: RecvChan<Animal> = catsOnly;
  const contravariant: SendChan<Cat> = animalsIn;
  const both: RecvChan<Animal> = cats;

  // @ts-expect-error a receiver of animals is no receiver of cats
  const narrower: RecvChan<Cat> = r;
  // @ts-expect-error a sender of cats is no sender of animals
  const wider: SendChan<Animal> = cats;
  // @ts-expect-error a whole channel is invariant, up
  const up: Chan<Animal> = cats;
  // @ts-expect-error a whole channel is invariant, down
  const down: Chan<Cat> = animals;
  // @ts-expect-error a view does not become the whole again
  const whole: Chan<Animal> = r;
  // @ts-expect-error nor does the other
  const whole2: Chan<Animal> = s;
  // @ts-expect-error a sending end is no receiving end
  const crossed: RecvChan<Animal> = s;
  // @ts-expect-error a receiving end is no sending end
  const crossed2: SendChan<Animal> = r;
  void [covariant, contravariant, both, narrower, wider, up, down, whole, whole2, crossed, crossed2];
}

export function operations(r: RecvChan<number>, s: SendChan<number>): void {
  // @ts-expect-error sending on a receive-only view
  r.send(1);
  // @ts-expect-error trying to send on a receive-only view
  r.trySend(1);
  // @ts-expect-error closing a receive-only view: Go's compiler says the same
  r.close();
  // @ts-expect-error receiving from a send-only view
  s.recv();
  // @ts-expect-error with ok
  s.recvOk();
  // @ts-expect-error without blocking
  s.tryRecv();
  // @ts-expect-error or with for await
  s[Symbol.asyncIterator]();
  // @ts-expect-error the wrong type of value
  s.send("text");
  // @ts-expect-error no value at all
  s.send();
  // @ts-expect-error the length can't be set
  r.length = 1;
  s.close();
  void [r.length, r.capacity, s.length, s.capacity, r.name];
}

export function results(): void {
  const ch = chan<number>(1);
  expectType<Equal<typeof ch, Chan<number>>>();
  const recv = ch.recv();
  expectType<Equal<typeof recv, Op<number | undefined>>>();
  const send = ch.send(1);
  expectType<Equal<typeof send, Op<void>>>();
  const tried = ch.trySend(1);
  expectType<Equal<typeof tried, boolean>>();
  const got = ch.tryRecv();
  if (got === undefined) return;
  const [value, ok] = got;
  if (ok) expectType<Equal<typeof value, number>>();
  else expectType<Equal<typeof value, undefined>>();
}

export function zeros(): void {
  const counts = chan<number>(0, { zero: 0 });
  const recv = counts.recv();
  expectType<Equal<typeof recv, Op<number>>>();

  // Without type arguments it holds what its zero value is.
  const inferred = chan(1, { zero: 0 });
  expectType<Equal<typeof inferred, Chan<number, number>>>();
  const flags = chan(1, { zero: false, name: "flags" });
  expectType<Equal<typeof flags, Chan<boolean, boolean>>>();
  const wanted: Chan<"on" | "off", null> = chan(1, { zero: null });
  void wanted;
  const shared = sharedChan(1, { zero: 0 });
  expectType<Equal<typeof shared, SharedChan<number, number>>>();

  const states = chan<"on" | "off", "closed">(0, { zero: "closed" });
  const state = states.recv();
  expectType<Equal<typeof state, Op<"on" | "off" | "closed">>>();

  const names = chan<string, null>(0, { zero: null });
  const pair = names.tryRecv();
  if (pair !== undefined && !pair[1]) expectType<Equal<(typeof pair)[0], null>>();

  // @ts-expect-error a zero value of another type has to be said
  chan<number>(0, { zero: "0" });
  // @ts-expect-error a capacity is a number
  chan<number>("3");
  // @ts-expect-error a name is a string
  chan<number>(0, { name: 5 });
  // @ts-expect-error no other options
  chan<number>(0, { size: 5 });

  // A view with a zero value goes where receives may give anything when closed.
  const any: RecvChan<number, unknown> = counts;
  const anyToo: RecvChan<number, unknown> = chan<number>();
  // @ts-expect-error but a zero of 0 is not the undefined that the plain view promises
  const plain: RecvChan<number> = counts;
  void [any, anyToo, plain];
}

export function nils(): void {
  const off = nilChan<number>();
  const asRecv: RecvChan<number> = off;
  const asSend: SendChan<number> = off;
  let either: Chan<number> = chan<number>();
  either = off;
  void [asRecv, asSend, either];
}

export function voids(): void {
  const done = chan<void>();
  done.send();
  done.trySend();
  const got = done.recv();
  expectType<Equal<typeof got, Op<void | undefined>>>();
}

export async function iteration(): Promise<void> {
  for await (const cat of catsOnly) expectType<Equal<typeof cat, Cat>>();
  for await (const n of chan<number>(0, { zero: 0 })) expectType<Equal<typeof n, number>>();
}
