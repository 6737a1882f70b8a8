import { Encoded, encode, decode } from "/tmp/wt/codec/src/threads/codec.ts";
import v8 from "node:v8";
const e = new Encoded();
const sab = new Uint8Array(new SharedArrayBuffer(1<<20));
const cases: Record<string, unknown> = {
  small: { id: 7, name: "worker", v: 1.5, ok: true, tags: ["a", "b"] },
  xy: { x: 1.25, y: 7 },
  nested: { id: 1, title: "nested", items: Array.from({length: 11}, (_, i) => ({ id: i, name: "item" + i, price: i * 1.5, tags: ["x"] })) },
  doubles: Array.from({length: 100}, (_, i) => i * 1.1),
  kb: "x".repeat(1024),
  short: "hello",
  map: new Map([["a", 1], ["b", 2]]),
};
const N = 200000;
for (const [name, v] of Object.entries(cases)) {
  const n = name === "nested" || name === "doubles" ? N / 10 : N;
  let best = [1e9, 1e9];
  let len = 0;
  for (let r = 0; r < 7; r++) {
    let t = process.cpuUsage();
    for (let i = 0; i < n; i++) { encode(v, e); e.copyTo(sab, 64); }
    let d = process.cpuUsage(t); best[0] = Math.min(best[0], (d.user + d.system) / n); len = e.length;
    t = process.cpuUsage();
    for (let i = 0; i < n; i++) decode(e.tag, e.aux, e.f64, sab, 64, 64 + len);
    d = process.cpuUsage(t); best[1] = Math.min(best[1], (d.user + d.system) / n);
  }
  const time = (f: () => void) => { let b = 1e9; for (let r = 0; r < 3; r++) { const t = process.cpuUsage(); for (let i = 0; i < n/4; i++) f(); const d = process.cpuUsage(t); b = Math.min(b, (d.user+d.system)/(n/4)); } return b; };
  const buf = v8.serialize(v); 
  console.log(name.padEnd(8), len, "B ours", best.map((x) => x.toFixed(3)).join("/"), "v8", time(() => v8.serialize(v)).toFixed(2), time(() => v8.deserialize(buf)).toFixed(2), "json", time(() => JSON.stringify(v)).toFixed(2), time(() => JSON.parse(JSON.stringify(v))).toFixed(2));
}
