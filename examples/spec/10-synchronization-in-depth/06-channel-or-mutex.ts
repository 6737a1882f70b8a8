/**
 * What is Synchronization? › 8. Comparison with Mutex Synchronization
 *
 * A mutex protects shared memory; a channel hands over what is owned. Both end with the same balance.
 */
import { chan, type Go, main } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

interface Account {
  balance: number;
}

function* deposit(account: Account): Go {
  const { balance } = account;
  yield* time.sleep(time.Millisecond); // meanwhile, the others run
  account.balance = balance + 10;
}

main(function* () {
  const shared: Account = { balance: 0 };
  const mu = new Mutex();
  const wg = new WaitGroup();
  for (let i = 0; i < 5; i++) {
    wg.go(function* () {
      using _ = yield* mu.lock();
      yield* deposit(shared);
    });
  }
  yield* wg.wait();
  console.log("by sharing memory:", shared.balance);

  const owner = chan<Account>(1); // whoever has taken the account out may change it
  yield* owner.send({ balance: 0 });
  for (let i = 0; i < 5; i++) {
    wg.go(function* () {
      const account = (yield* owner.recv()) as Account;
      yield* deposit(account);
      yield* owner.send(account);
    });
  }
  yield* wg.wait();
  console.log("by communicating:", (yield* owner.recv())?.balance);
});
