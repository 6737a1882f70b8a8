/** Where a person is, as the address's hash has it: `#/channels?at=7`. */

export interface Place {
  readonly panel: string;
  readonly selected: string;
}

export function readPlace(hash: string, panels: readonly string[]): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const panel = panels.includes(path) ? path : (panels[0] ?? "");
  return { panel, selected: new URLSearchParams(query).get("at") ?? "" };
}

export function writePlace({ panel, selected }: Place): string {
  return `#/${panel}${selected === "" ? "" : `?at=${encodeURIComponent(selected)}`}`;
}
