/**
 * Mails with retries and dead letters: what fails is tried again, later each time; what can't succeed is given up at once.
 * The mails that were given up are listed, and sent again when the fault is repaired.
 *
 *     npx millrace run examples/fleet/mails.ts
 */
import { type Go, main } from "millrace";
import { connect, Discard, type Message } from "millrace/remote";
import { transport } from "./transport.ts";

interface Mail {
  readonly to: string;
  readonly text: string;
}

/** Stands for the mail servers of the world: one is busy at first, one is down until it is repaired. */
const servers = new Map([
  ["example.org", { busyFor: 0 }],
  ["busy.example", { busyFor: 1 }],
  ["down.example", { busyFor: 3 }],
]);

function deliver({ to }: Mail, { attempt }: Message<Mail>): void {
  const [, host] = to.split("@");
  if (host === undefined) throw new Discard(`${to} is not an address`); // no further attempt would help
  const server = servers.get(host);
  if (server === undefined) throw new Discard(`${host} has no mail server`);
  if (attempt <= server.busyFor) throw new Error(`${host} is busy`); // try again
  console.log(`${to}: delivered, attempt ${attempt}`);
}

function* sendMails(): Go {
  const fleet = yield* connect(transport(), { name: "mails" });
  const mails = fleet.queue<Mail>("mails", { attempts: 3, backoff: (attempt) => 50 * 2 ** attempt });

  yield* mails.reopen(); // it is closed if a run of this program was broken off
  for (const to of ["ann@example.org", "bob@busy.example", "eve@down.example", "nobody"]) {
    // A second send with the same id is not stored, so a send can be repeated.
    yield* mails.send({ to, text: "Your order is on its way." }, { id: `order-7/${to}` });
  }
  mails.close(); // a program that goes on sending does not close; its workers wait for more
  yield* mails.work(deliver, { concurrency: 10 });

  for (const { value, attempts, reason } of yield* mails.dead.list(100)) {
    console.log(`${value?.to}: given up after ${attempts}: ${reason}`);
  }

  servers.set("down.example", { busyFor: 0 });
  yield* mails.reopen();
  console.log(`repaired: ${yield* mails.dead.redrive("all")} once more`);
  mails.close();
  yield* mails.work(deliver, { concurrency: 10 });

  console.log(`dead letters: ${(yield* mails.stats()).dead}`);
  yield* mails.drop();
  yield* fleet.drain();
}

main(sendMails);
