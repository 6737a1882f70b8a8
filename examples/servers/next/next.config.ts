import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The packages are installed at the root of the repository.
  turbopack: { root: fileURLToPath(new URL("../../..", import.meta.url)) },
};

export default config;
