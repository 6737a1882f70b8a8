import { chapter } from "./chapter.ts";

chapter("04-under-the-hood", {
  "01-hchan": {
    prints: [
      "made:        qcount=0 dataqsiz=3 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "3 sends:     qcount=3 dataqsiz=3 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "a 4th send:  qcount=3 dataqsiz=3 sendx=0 recvx=0 sendq=[G1] recvq=[] closed=0",
      "a receive:   qcount=3 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
      "3 receives:  qcount=0 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
      "a 5th:       qcount=0 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[G2] closed=0",
      "closed:      qcount=0 dataqsiz=3 sendx=1 recvx=1 sendq=[] recvq=[] closed=1",
    ],
  },
  "02-unbuffered": {
    prints: [
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[G1] recvq=[] closed=0",
      "received x",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[G2] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "received y",
    ],
  },
  "03-buffered": {
    prints: [
      "sent 1:     qcount=1 dataqsiz=2 sendx=1 recvx=0 sendq=[] recvq=[] closed=0",
      "sent 2:     qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "full:       qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[G1] recvq=[] closed=0",
      "received 1: qcount=2 dataqsiz=2 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
      "sent 3:     qcount=2 dataqsiz=2 sendx=1 recvx=1 sendq=[] recvq=[] closed=0",
      "received 2: qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "sent 4:     qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
      "received 3: qcount=1 dataqsiz=2 sendx=0 recvx=1 sendq=[] recvq=[] closed=0",
      "received 4: qcount=0 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
    ],
  },
  "04-parking": {
    prints: [
      "started: runnable",
      "parked: waiting (chan receive)",
      "unparked: runnable",
      "got x",
      "after its turn: ended",
    ],
  },
  "05-closing": {
    prints: [
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[G1 G2 G3] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      "receiver 1 got 0",
      "receiver 2 got 0",
      "receiver 3 got 0",
      "later receive: 0",
      "later send: panic: send on closed channel",
    ],
    ignoring: /(?<=recvq=\[)G\d G\d G\d/,
    order: [1, 2, 3].map((id) => [
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[#] closed=0",
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[] recvq=[] closed=1",
      `receiver ${id} got 0`,
      "later receive: 0",
      "later send: panic: send on closed channel",
    ]),
  },
  "06-select": {
    prints: [
      "both were taken more than 400 times of 1000: true",
      "chooser waits in: select",
      "sent on right: true",
      "sent on left: false",
      "took r from right",
    ],
  },
  "07-happens-before": { prints: ["written before the send"] },
});
