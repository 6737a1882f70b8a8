/**
 * Go's `runtime/trace`: recordings of a program for Perfetto and Chrome, and a flight recorder.
 *
 * @module millrace/trace
 */
export { FlightRecorder, type FlightRecorderOptions } from "./flight.ts";
export { isEnabled, log, region, start, stop, type TraceOptions } from "./trace.ts";
