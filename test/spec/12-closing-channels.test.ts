import { chapter } from "./chapter.ts";

chapter("12-closing-channels", {
  "01-receive-from-closed": { prints: ["10", "20", "0"] },
  "02-comma-ok": { prints: ["Got: VALUE", "Channel closed!"] },
  "03-range": { prints: ["1", "2", "3", "also", "async"] },
  "04-signal": { prints: ["Worker finished"] },
  "05-many-producers": { prints: ["Received: 0", "Received: 1", "Received: 2"], order: [] },
  "06-broadcast": { prints: ["Worker stopped", "Worker stopped", "Worker stopped"] },
  "07-internals": {
    prints: [
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[G1] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      "the receiver got [ 0, false ]",
      "a later receive gets [ 0, false ]",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[G1] recvq=[] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      "the sender panics: send on closed channel",
    ],
  },
  "08-mistake-send": { prints: [], panics: "send on closed channel" },
  "09-mistake-close-nil": { prints: [], panics: "close of nil channel" },
  "10-mistake-close-twice": { prints: [], panics: "close of closed channel" },
  "11-mistake-receiver-closes": { prints: ["received 1"], panics: "send on closed channel" },
  "12-fan-out-workers": { prints: ["worker stops", "worker stops", "worker stops", "jobs done: 20"] },
  "13-graceful-shutdown": {
    prints: ["shutting down", "mail served 3 requests and is down", "web served 7 requests and is down", "all down"],
    order: [
      ["shutting down", "web served 7 requests and is down", "all down"],
      ["shutting down", "mail served 3 requests and is down", "all down"],
    ],
    takes: 3100,
  },
});
