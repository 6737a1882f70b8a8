/** Light or dark: as the system says, until a person chooses; the choice is remembered. */
import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";
const KEY = "millrace-theme";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(remembered);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A browser that keeps nothing: then it is for this page only.
    }
  }, [theme]);
  return [theme, () => setTheme((now) => ORDER[(ORDER.indexOf(now) + 1) % ORDER.length] as Theme)];
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
