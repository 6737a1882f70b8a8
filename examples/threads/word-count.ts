/**
 * The most frequent words of all text files under a folder: map and reduce over channels, on every core.
 *
 * Mappers take files from one channel and send what they count to the reducer that each word belongs to, a batch at a
 * time, because crossing threads costs the same for one word as for a thousand. So every word is counted by one reducer.
 *
 *     npx millrace run examples/threads/word-count.ts -- docs
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Go, go, main, type RecvChan, range, runtime, type SendChan, wait } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

type Counts = Record<string, number>;
const TEXT = /\.(md|txt|ts|js|json)$/;

/** Counts the words of each file, and sends the counts to the reducers. */
export const map = parallel(
  import.meta,
  "map",
  function* (files: RecvChan<string>, reducers: SendChan<Counts>[]): Go<void> {
    for (const file = range(files); yield* file.next(); ) {
      const parts: Counts[] = reducers.map(() => Object.create(null));
      for (const [word] of (yield* wait(readFile(file.value, "utf8"))).toLowerCase().matchAll(/\p{L}+/gu)) {
        const part = parts[hash(word) % parts.length]!;
        part[word] = (part[word] ?? 0) + 1;
      }
      for (let i = 0; i < parts.length; i++) yield* reducers[i]!.send({ ...parts[i] });
    }
  },
);

/** Adds up what the mappers send, and gives the most frequent words. */
export const reduce = parallel(import.meta, "reduce", function* (counts: RecvChan<Counts>, most: number): Go<
  [string, number][]
> {
  const totals = new Map<string, number>();
  for (const part = range(counts); yield* part.next(); ) {
    for (const [word, n] of Object.entries(part.value)) totals.set(word, (totals.get(word) ?? 0) + n);
  }
  return best([...totals], most);
});

function best(words: [string, number][], most: number): [string, number][] {
  return words.sort(([a, n], [b, k]) => k - n || (a < b ? -1 : 1)).slice(0, most);
}

function hash(word: string): number {
  let h = 0;
  for (let i = 0; i < word.length; i++) h = (Math.imul(h, 31) + word.charCodeAt(i)) | 0;
  return h >>> 0;
}

main(function* () {
  const folder = process.argv[2] ?? "docs";
  const most = 10;
  const files = sharedChan<string>(64, { name: "files" });
  const workers = runtime.gomaxprocs();
  const reducers = Array.from({ length: workers }, (_, i) => sharedChan<Counts>(16, { name: `reducer ${i}` }));

  const mapped = reducers.map(() => go(map, files, reducers));
  const reduced = reducers.map((counts) => go(reduce, counts, most));

  let n = 0;
  for (const entry of yield* wait(readdir(folder, { recursive: true, withFileTypes: true }))) {
    if (!entry.isFile() || !TEXT.test(entry.name)) continue;
    yield* files.send(join(entry.parentPath, entry.name));
    n++;
  }
  files.close();
  for (const mapper of mapped) yield* mapper.join();
  for (const counts of reducers) counts.close();

  const words: [string, number][] = [];
  for (const reducer of reduced) words.push(...(yield* reducer.join()));
  console.log(`${n} files under ${folder}`);
  for (const [word, count] of best(words, most)) console.log(`${String(count).padStart(8)} ${word}`);
});
