import { chapter } from "./chapter.ts";

chapter("14-context", {
  "01-import": { prints: ["context.Background"] },
  "02-roots": {
    prints: [
      "context.Background deadline: undefined err: undefined done: false",
      "context.TODO deadline: undefined err: undefined done: false",
    ],
  },
  "03-with-cancel": { prints: ["Cancelled: context canceled"], takes: 2000 },
  "04-with-timeout": { prints: ["Timeout: context deadline exceeded"], takes: 3000 },
  "05-with-deadline": {
    prints: ["the child's deadline is its parent's: true", "after 2s: context deadline exceeded"],
    takes: 2000,
  },
  "06-with-value": { prints: ["User ID: 42"] },
  "07-interface": {
    prints: [
      "deadline: in 60 seconds",
      "done: false",
      "err: undefined",
      "value: abc",
      "done: true",
      "err: context canceled",
    ],
  },
  "08-propagation": {
    prints: [
      "parent: alive, timed: alive, valued: alive, sibling: alive",
      "parent: alive, timed: context canceled, valued: context canceled, sibling: alive",
      "parent: context canceled, timed: context canceled, valued: context canceled, sibling: context canceled",
      "parent: context canceled, timed: context canceled, valued: context canceled, sibling: context canceled",
    ],
  },
  "09-web-server": {
    prints: [
      "Result: Fetched data!",
      "Error: context canceled",
      "client: AbortError",
      "stopped before the work was done: true",
    ],
    order: [
      ["Result: Fetched data!", "client: AbortError", "stopped before the work was done: true"],
      ["Result: Fetched data!", "Error: context canceled", "stopped before the work was done: true"],
    ],
    live: true,
  },
  "10-mistake-cancel-not-called": { prints: [], leaks: ["chan receive"] },
  "11-mistake-business-data": {
    prints: ["by context: no price in the context", "by parameter: NaN", "by parameter: 42"],
  },
  "12-mistake-new-root": { prints: ["derived: cancelled", "detached: worked"], takes: 2000 },
});
