/**
 * Some turns of the host: after them everybody has gone on who can, however slow the machine.
 *
 * Several, because a slice that is over sends goroutines behind the host's next turn, and that may happen to one that is
 * woken late.
 */
export async function turns(n = 4): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
