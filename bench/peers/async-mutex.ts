import { Mutex, Semaphore } from "async-mutex";
import { type Lock, lockPrograms } from "../promises/locks.ts";

function make(places: number): Lock {
  if (places === 1) return new Mutex();
  const sem = new Semaphore(places);
  return {
    async acquire() {
      const [, release] = await sem.acquire();
      return release;
    },
  };
}

export default lockPrograms(make);
