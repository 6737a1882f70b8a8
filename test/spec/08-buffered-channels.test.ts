import { chapter } from "./chapter.ts";

chapter("08-buffered-channels", {
  "01-make": { prints: ["cap: 3"] },
  "02-introspection": {
    prints: [
      "len: 2 cap: 3",
      "len: 0 cap: 0",
      "panic: makechan: size out of range (expected a whole number from 0 to 4294967295, got -1)",
    ],
  },
  "03-send-rules": { prints: ["direct transfer of 1", "enqueued 2", "parked"] },
  "04-receive-rules": { prints: ["dequeued 1", "direct transfer of 2", "parked"] },
  "05-hchan": {
    prints: [
      "send 1:    qcount=1 dataqsiz=3 sendx=1 recvx=0 sendq=[] recvq=[] closed=0",
      "receive 1: qcount=0 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
      "send 2:    qcount=1 dataqsiz=3 sendx=2 recvx=1 sendq=[] recvq=[] closed=0",
      "receive 2: qcount=0 dataqsiz=3 sendx=2 recvx=2 sendq=[] recvq=[] closed=0",
      "send 3:    qcount=1 dataqsiz=3 sendx=0 recvx=2 sendq=[] recvq=[] closed=0",
      "receive 3: qcount=0 dataqsiz=3 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "send 4:    qcount=1 dataqsiz=3 sendx=1 recvx=0 sendq=[] recvq=[] closed=0",
      "receive 4: qcount=0 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
    ],
  },
  "06-behavior": {
    prints: ["sent 1", "sent 2", "recv: 1", "recv: 2", "recv: 3", "sent 3"],
    order: [
      ["sent 1", "sent 2", "recv: 1", "recv: 2", "recv: 3"],
      ["sent 2", "recv: 1", "sent 3"],
    ],
    takes: 200,
  },
  "07-close": { prints: ["10 true", "20 true", "0 false"] },
  "08-try-send": {
    prints: ["1 succeeded", "2 buffer full", "3 buffer full", "received [ 1, true ]", "received undefined"],
  },
  "09-semaphore": { prints: ["10 tasks, active at once: 3"], takes: 4000 },
  "10-pitfall-deadlock": { prints: ["sent 1", "sent 2"], deadlocks: ["chan receive", "chan send"] },
  "11-pitfall-send-on-closed": { prints: [], panics: "send on closed channel" },
  "12-pitfall-nil-channel": { prints: [], deadlocks: ["chan send (nil chan)"] },
  "13-pitfall-large-values": { prints: ["the same object: true", "changed after the send"] },
  "14-pitfall-many-senders": { prints: ["short 1", "long 1"], order: "production", panics: "send on closed channel" },
  "15-fifo": {
    prints: [
      "from the first sender",
      "from the second sender",
      "from the third sender",
      "the first receiver got a",
      "the second receiver got b",
      "the third receiver got c",
    ],
    // Who reports first is open; who got what is not.
    order: [["from the first sender", "from the second sender", "from the third sender"]],
  },
});
