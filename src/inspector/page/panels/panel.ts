/**
 * What every panel takes. A panel asks its source for itself and knows nothing of the page around it, so that it can be
 * put elsewhere: beside an editor, say.
 */
import type { Source } from "../../protocol.ts";

export interface PanelProps {
  readonly source: Source;
  /** The goroutine or thing that is looked at, in all panels alike; empty for none. */
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}
