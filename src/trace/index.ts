export { FlightRecorder, type FlightRecorderOptions } from "./flight.ts";
export { isEnabled, log, region, start, stop, type TraceOptions } from "./trace.ts";
