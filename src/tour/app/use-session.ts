/** The program that runs, or has run last. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Session } from "../program/session.ts";

export interface Sessions {
  readonly session: Session | null;
  start(code: string, stepping: boolean): void;
  stop(): void;
  /** Ends it and forgets it. */
  clear(): void;
}

export function useSession(): Sessions {
  const [session, setSession] = useState<Session | null>(null);
  const [, draw] = useState(0);
  const current = useRef<Session | null>(null);
  const replace = (next: Session | null): void => {
    current.current?.stop();
    current.current = next;
    setSession(next);
  };
  useEffect(() => () => current.current?.stop(), []);
  return {
    session,
    start(code, stepping) {
      const next = new Session(code, stepping);
      let booked = false;
      // A program can write faster than a page draws.
      next.changed = () => {
        if (booked || current.current !== next) return;
        booked = true;
        requestAnimationFrame(() => {
          booked = false;
          draw((n) => n + 1);
        });
      };
      replace(next);
    },
    stop: () => current.current?.stop(),
    clear: () => replace(null),
  };
}
