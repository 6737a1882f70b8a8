import { chapter } from "./chapter.ts";

const waiting = "qcount=0 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[#] closed=0";
const served = "qcount=0 dataqsiz=2 sendx=0 recvx=0 sendq=[] recvq=[] closed=0";

chapter("06-runtime", {
  "01-hchan": {
    prints: [waiting.replace("#", "G1 G2 G3"), served, "first received 1", "second received 2", "third received 3"],
    ignoring: /^(first|second|third)|(?<=recvq=\[)G\d G\d G\d/,
    order: [
      [waiting, served],
      [waiting, "# received 1"],
      [waiting, "# received 2"],
      [waiting, "# received 3"],
    ],
  },
  "02-case-a-unbuffered": {
    prints: [
      "  an hchan is made, dataqsiz = 0, sendq and recvq empty",
      "  G_main starts G1",
      "  G_main is parked in recvq",
      "  G1 hands 42 to the waiting receiver",
      "  G_main is woken: back in the run queue",
      "  G1 ends",
      "42",
    ],
    order: "production",
  },
  "03-case-b-buffered": {
    prints: [
      "  an hchan is made, dataqsiz = 2, sendq and recvq empty",
      "a receiver waits:",
      "  G_main starts G1",
      "  G1 is parked in recvq",
      "  G_main hands 1 to the waiting receiver",
      "  G1 is woken: back in the run queue",
      "  G1 ends",
      "the buffer has space:",
      "  G_main puts 2 into buf[0], qcount = 1",
      "  G_main puts 3 into buf[1], qcount = 2",
      "the buffer is full:",
      "  G_main starts G2",
      "  G2 is parked in sendq",
      "the buffer has values:",
      "  G_main takes 2 from buf[0], qcount = 2",
      "  G2 is woken: back in the run queue",
      "  G_main takes 3 from buf[1], qcount = 1",
      "  G_main takes 4 from buf[0], qcount = 0",
      "  G2 ends",
    ],
    order: [
      [
        "a receiver waits:",
        "  G1 is parked in recvq",
        "  G_main hands 1 to the waiting receiver",
        "  G1 ends",
        "the buffer has space:",
        "  G_main puts 2 into buf[0], qcount = 1",
        "  G_main puts 3 into buf[1], qcount = 2",
        "the buffer is full:",
        "  G2 is parked in sendq",
        "the buffer has values:",
        "  G_main takes 2 from buf[0], qcount = 2",
        "  G_main takes 3 from buf[1], qcount = 1",
        "  G_main takes 4 from buf[0], qcount = 0",
      ],
      ["  G2 is woken: back in the run queue", "  G2 ends"],
    ],
  },
  "04-parking-and-resuming": {
    prints: [
      "started:",
      "  main is running",
      "  consumer is runnable",
      "consumer had a turn:",
      "  main is running",
      "  consumer is waiting: chan receive on orders",
      "an order came:",
      "  main is running",
      "  consumer is runnable",
      "consumer had a turn:",
      "  main is running",
      "  consumer is waiting: chan send on results",
      "tea is served",
    ],
  },
  "05-unbuffered-picture": {
    prints: ["G1: before ch <- 42", "G2: before val := <-ch", "G2: after, val = 42", "G1: after"],
    order: [
      ["G1: before ch <- 42", "G2: before val := <-ch", "G2: after, val = 42"],
      ["G2: before val := <-ch", "G1: after"],
    ],
    takes: 1000,
  },
  "06-buffered-picture": {
    prints: ["G1: before ch <- 42", "G1: after, in the buffer: 1", "G2: before val := <-ch", "G2: after, val = 42"],
    takes: 1000,
  },
  "07-scheduling-picture": {
    prints: ["[M: this thread] <----> [P: running main] <----> [G: 3 goroutines]", "G1 G2 G3 G1 G2 G3 G1 G2 G3"],
    order: "production",
  },
});
