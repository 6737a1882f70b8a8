import { chapter } from "./chapter.ts";

chapter("05-unbuffered-and-buffered", {
  "01-make-unbuffered": { prints: ["cap: 0 sent without a receiver: false"] },
  "02-unbuffered": { prints: ["42"] },
  "03-make-buffered": {
    prints: [
      "sent without a receiver: true len: 1 cap: 3",
      "sent without a receiver: true len: 2 cap: 3",
      "sent without a receiver: true len: 3 cap: 3",
      "sent without a receiver: false len: 3 cap: 3",
    ],
  },
  "04-buffered": { prints: ["1", "2", "3"] },
  "05-hchan": {
    prints: [
      "qcount=0 dataqsiz=0 sendx=0 recvx=0 sendq=[G G] recvq=[] closed=0",
      "qcount=2 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0",
    ],
  },
});
