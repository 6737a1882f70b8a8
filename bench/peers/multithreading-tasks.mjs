/** What multithreading.ts has done on its threads. Functions travel as their source, so nothing may translate them. */

/** @param {number} k */
export function fibonacci(k) {
  const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
  return fib(k);
}

/** Adds up what comes. */
export async function sum(receiver, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const result = await receiver.recv();
    if (!result.ok) throw result.error;
    sum += typeof result.value === "number" ? result.value : result.value.id;
  }
  return sum;
}

/** Sends back what comes. */
export async function echo(receiver, sender, n) {
  for (let i = 0; i < n; i++) {
    const result = await receiver.recv();
    if (!result.ok) throw result.error;
    await sender.send(result.value);
  }
}
