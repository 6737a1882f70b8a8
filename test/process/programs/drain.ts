// Much output, and the end right after it.
import { main } from "millrace";

main(function* () {
  const line = `${"x".repeat(99)}\n`;
  for (let i = 0; i < 800; i++) process.stdout.write(line.repeat(100));
  process.stdout.write("last\n");
  if (process.argv[2] === "panic") throw new Error(line.repeat(20_000));
});
