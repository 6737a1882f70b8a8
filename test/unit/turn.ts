/** Some turns of the host: after them everybody has gone on who can, however slow the machine. */
export async function turn(): Promise<void> {
  // A slice that is over sends goroutines behind the host's next turn, and that may happen to one that is woken late.
  for (let i = 0; i < 4; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
