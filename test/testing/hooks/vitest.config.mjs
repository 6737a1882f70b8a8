// For hooks.test.ts: the tests that leak are no tests of this project.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/testing/hooks/*.vitest.mjs"] } });
