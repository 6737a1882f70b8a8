/** Leases: what has arrived is given up once, with the last of those that it has arrived for. */
import { go, run } from "millrace";
import { expect, test } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { currentLease, endLeaseOf, Lease, Leased, leaseOf, leasing } from "../../src/threads/values/lease.ts";

class Thing extends Leased {
  givenUp = 0;
  protected override giveUp(): void {
    this.givenUp++;
  }
}

test("the last lease that ends gives up", () => {
  const [a, b] = [new Lease(), new Lease()];
  const thing = new Thing();
  thing.enter(a);
  thing.enter(b);
  thing.enter(b);
  a.end();
  a.end();
  expect(thing.givenUp).toBe(0);
  b.end();
  b.end();
  expect(thing.givenUp).toBe(1);
});

test("what was given up otherwise is not given up again", () => {
  const lease = new Lease();
  const thing = new Thing();
  thing.enter(lease);
  thing.leave();
  lease.end();
  expect(thing.givenUp).toBe(0);
});

test("one lease takes over what another has", () => {
  const [a, b] = [new Lease(), new Lease()];
  const thing = new Thing();
  thing.enter(a);
  b.join(a);
  expect(thing.givenUp).toBe(0);
  b.end();
  expect(thing.givenUp).toBe(1);
});

test("what is read for a job is the job's, everything else the run's", () =>
  run(function* () {
    const [first, second, third] = [new Thing(), new Thing(), new Thing()];
    first.enter(currentLease());
    const { value, lease } = leasing(() => second.enter(currentLease()));
    expect([value, lease === null, leasing(() => 1).lease]).toEqual([undefined, false, null]);
    third.enter(currentLease());
    lease?.end();
    expect([first.givenUp, second.givenUp, third.givenUp]).toEqual([0, 1, 0]);
    expect(currentLease()).toBe(leaseOf(m.current()));
    endLeaseOf(m.current());
    expect([first.givenUp, third.givenUp]).toEqual([1, 1]);
    const failed = new Thing();
    expect(() =>
      leasing(() => {
        failed.enter(currentLease());
        throw new RangeError("half read");
      }),
    ).toThrow("half read");
    expect(failed.givenUp).toBe(1);
    yield* go(() => {}).join();
  }));

test("a run's lease ends with the run", async () => {
  const thing = new Thing();
  await run(() => thing.enter(currentLease()));
  expect(thing.givenUp).toBe(1);
});
