// Unlocking what is not locked is fatal: catching it does not help.
import { main } from "millrace";
import { Mutex, RWMutex } from "millrace/sync";

main(function* program() {
  try {
    if (process.argv[2] === "rwmutex") new RWMutex().rUnlock();
    else new Mutex().unlock();
  } catch {
    console.log("caught");
  }
});
