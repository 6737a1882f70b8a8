/** What the page and the thread that runs its program tell each other. */
import type { Questions } from "../../inspector/protocol.ts";

export type ToProgram =
  | { readonly kind: "start"; readonly code: string; readonly stepping: boolean }
  | {
      readonly kind: "ask";
      readonly n: number;
      readonly question: keyof Questions;
      readonly about: Questions[keyof Questions]["ask"];
    };

export type FromProgram =
  /** It runs, or is held at its beginning: from now on it can be asked. */
  | { readonly kind: "started" }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "ended"; readonly code: number }
  | { readonly kind: "answer"; readonly n: number; readonly answer: unknown }
  | { readonly kind: "refusal"; readonly n: number; readonly error: string };
