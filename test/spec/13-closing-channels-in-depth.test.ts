import { chapter } from "./chapter.ts";

chapter("13-closing-channels-in-depth", {
  "01-close": { prints: ["line 1", "line 2", "end of file"] },
  "02-send-on-closed": { prints: [], panics: "send on closed channel" },
  "03-receive-from-closed": { prints: ["10", "20", "0", "0"] },
  "04-comma-ok": { prints: ["received 0", "Channel closed"] },
  "05-fan-in": {
    prints: [11, 12, 21, 31, 22, 32].map((n) => `Received: ${n}`),
    order: [
      ["Received: 11", "Received: 12"],
      ["Received: 21", "Received: 22"],
      ["Received: 31", "Received: 32"],
    ],
  },
  "06-hchan": {
    prints: [
      "open:    qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "closed:  qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      "10 true  qcount=1 dataqsiz=2 sendx=0 recvx=1 sendq=[] recvq=[] closed=1",
      "20 true  qcount=0 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      "0  false qcount=0 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
    ],
  },
});
