/** The programs about timers with what the host has. */
import { check, type Program, within } from "../program.ts";

const programs: Record<"timer-stop" | "timer-fire", Program> = {
  async "timer-stop"(n) {
    let set = 0;
    for (let i = 0; i < n; i++) {
      const timer = setTimeout(() => set--, 60_000);
      set++;
      clearTimeout(timer);
    }
    check(set, n);
  },
  async "timer-fire"(n) {
    let fired = 0;
    await new Promise<void>((resolve) => {
      for (let i = 0; i < n; i++) {
        setTimeout(() => {
          if (++fired === n) resolve();
        }, within(i));
      }
    });
    check(fired, n);
  },
};

export default programs;
