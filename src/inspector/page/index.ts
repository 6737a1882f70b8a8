/**
 * The panels, for pages other than the inspector's. Each takes a `Source`, what is selected, and whom to tell of a
 * selection; `style/page.css` has their looks.
 */
export { askerOf } from "./ask/asker.ts";
export { useAsk, useLink } from "./ask/use-ask.ts";
export { Breakpoints } from "./panels/breakpoints.tsx";
export { Channels } from "./panels/channels.tsx";
export { Detail, Goroutine } from "./panels/detail.tsx";
export { Events } from "./panels/events.tsx";
export { Execution } from "./panels/execution.tsx";
export { Goroutines } from "./panels/goroutines.tsx";
export { Channel, ChannelDrawing } from "./panels/hchan.tsx";
export { Overview } from "./panels/overview.tsx";
export type { PanelProps } from "./panels/panel.ts";
export { StepControls } from "./panels/step-controls.tsx";
export { Output, Schedule, Steps } from "./panels/steps.tsx";
export { Things } from "./panels/things.tsx";
export { Timeline } from "./panels/timeline.tsx";
export { type Stepper, useStepper } from "./panels/use-stepper.ts";
export { Waits } from "./panels/waits.tsx";
