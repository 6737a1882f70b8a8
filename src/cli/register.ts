/** `node --import millrace/register`: compiles the program's modules as they are loaded. */
import { registerCompiler } from "./compile.ts";

await registerCompiler("node --import millrace/register");
