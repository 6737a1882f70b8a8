import { sleepersProgram, timerPrograms } from "./timers.ts";

export default {
  ...timerPrograms<NodeJS.Timeout>({ set: (ms, call) => setTimeout(call, ms), stop: clearTimeout }),
  sleepers: sleepersProgram((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
};
