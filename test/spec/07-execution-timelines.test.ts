import { chapter } from "./chapter.ts";

chapter("07-execution-timelines", {
  "01-unbuffered": {
    prints: [
      "  an hchan is made, dataqsiz = 0, sendq and recvq empty",
      "  G_main starts G1",
      "  G1 is parked in sendq",
      "  G_main takes 42 from the waiting sender",
      "  G1 is woken: back in the run queue",
      "Received 42",
      "Sent 42",
      "  G1 ends",
    ],
    order: [
      [
        "  an hchan is made, dataqsiz = 0, sendq and recvq empty",
        "  G_main starts G1",
        "  G1 is parked in sendq",
        "  G_main takes 42 from the waiting sender",
        "  G1 is woken: back in the run queue",
        "Received 42",
      ],
      ["  G_main takes 42 from the waiting sender", "Sent 42", "  G1 ends"],
    ],
  },
  "02-buffered": {
    prints: [
      "  an hchan is made, dataqsiz = 2, sendq and recvq empty",
      "  G_main starts G1",
      "  G1 puts 1 into buf[0], qcount = 1",
      "  G1 puts 2 into buf[1], qcount = 2",
      "  G1 is parked in sendq",
      "  G_main takes 1 from buf[0], qcount = 2",
      "  G1 is woken: back in the run queue",
      "1",
      "  G_main takes 2 from buf[1], qcount = 1",
      "2",
      "  G_main takes 3 from buf[0], qcount = 0",
      "3",
      "Sent all",
      "  G1 ends",
    ],
    order: [
      [
        "  an hchan is made, dataqsiz = 2, sendq and recvq empty",
        "  G_main starts G1",
        "  G1 puts 1 into buf[0], qcount = 1",
        "  G1 puts 2 into buf[1], qcount = 2",
        "  G1 is parked in sendq",
        "  G_main takes 1 from buf[0], qcount = 2",
        "  G1 is woken: back in the run queue",
        "1",
        "  G_main takes 2 from buf[1], qcount = 1",
        "2",
        "  G_main takes 3 from buf[0], qcount = 0",
        "3",
      ],
      ["  G_main takes 1 from buf[0], qcount = 2", "Sent all", "  G1 ends"],
    ],
    takes: 1,
  },
  "03-unbuffered-snapshot": {
    prints: ["G1: send(42) ---- waits ----> G_main", "G_main: recv() = 42", "             <--- wakes ----"],
  },
  "04-buffered-snapshot": {
    prints: [
      "Buffer: [x][ ] sendq: -  <- send 1",
      "Buffer: [x][x] sendq: -  <- send 2",
      "Buffer: [x][x] sendq: G1  <- send 3 blocks",
      "Buffer: [x][x] sendq: -  <- recv 1: slot frees, wakes sender, puts 3 in",
      "Buffer: [x][ ] sendq: -  <- recv 2",
      "Buffer: [ ][ ] sendq: -  <- recv 3: empties buffer",
    ],
  },
});
