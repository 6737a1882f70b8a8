/**
 * What is a Goroutine? › Real-World Use Cases › Pipelines
 *
 * Three stages, each a goroutine, connected by channels: lines, words, lengths.
 */
import { chan, go, main, range } from "millrace";

main(function* () {
  const lines = chan<string>();
  const words = chan<string>();
  const lengths = chan<number>();

  go(function* () {
    for (const line of ["share memory", "by communicating"]) yield* lines.send(line);
    lines.close();
  });
  go(function* () {
    for (const line = range(lines); yield* line.next(); ) {
      for (const word of line.value.split(" ")) yield* words.send(word);
    }
    words.close();
  });
  go(function* () {
    for (const word = range(words); yield* word.next(); ) yield* lengths.send(word.value.length);
    lengths.close();
  });

  for (const length = range(lengths); yield* length.next(); ) console.log(length.value);
});
