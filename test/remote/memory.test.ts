import { memory, type Transport } from "millrace/remote";
import { bubble } from "millrace/testing";
import { describe, it } from "vitest";
import { remoteConformance } from "./conformance.ts";

describe("memory", () => {
  remoteConformance(() => {
    const transport: Transport = memory();
    return { transport: () => transport, run: (program) => bubble(program) };
  }, it);
});
