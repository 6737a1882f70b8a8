/**
 * From a bug to its fix, by exploration: two customers want the last seat.
 *
 *     npx millrace explore examples/testing/seats.ts
 *     npx millrace explore examples/testing/seats.ts --export fixed
 */
import { type Chan, chan, type Go, go } from "millrace";

/** A payment that somebody asks for; `paid` is told whether the bank agrees. */
interface Payment {
  readonly paid: Chan<boolean>;
}

function* bank(payments: Chan<Payment>): Go {
  for (;;) {
    const [payment, more] = yield* payments.recvOk();
    if (!more) return;
    yield* payment.paid.send(true);
  }
}

function* pay(payments: Chan<Payment>): Go<boolean> {
  const paid = chan<boolean>(0, { name: "paid" });
  yield* payments.send({ paid });
  return (yield* paid.recv()) ?? false;
}

class Hall {
  seats = 1;
  readonly sold: string[] = [];

  /** Looks, waits for the bank, and acts on what it saw before. */
  *book(who: string, payments: Chan<Payment>): Go {
    if (this.seats === 0) return;
    if (!(yield* pay(payments))) return;
    this.seats--;
    this.sold.push(who);
  }

  /** Takes the seat before it waits, and gives it back when the bank says no. */
  *reserve(who: string, payments: Chan<Payment>): Go {
    if (this.seats === 0) return;
    this.seats--;
    if (yield* pay(payments)) this.sold.push(who);
    else this.seats++;
  }
}

function* sell(book: (hall: Hall, who: string, payments: Chan<Payment>) => Go): Go<readonly string[]> {
  const hall = new Hall();
  const payments = chan<Payment>(0, { name: "payments" });
  go(bank, payments);
  const customers = [go(book, hall, "Ada", payments), go(book, hall, "Grace", payments)];
  for (const customer of customers) yield* customer.join();
  payments.close();
  if (hall.sold.length !== 1) throw new Error(`the last seat was sold to ${hall.sold.join(" and ")}`);
  return hall.sold;
}

/** The program with the bug. */
export function program(): Go<readonly string[]> {
  return sell(function* book(hall, who, payments) {
    yield* hall.book(who, payments);
  });
}

/** The same without. */
export function fixed(): Go<readonly string[]> {
  return sell(function* reserve(hall, who, payments) {
    yield* hall.reserve(who, payments);
  });
}
