/** The address's hash: `#select` is a lesson, `#select/CODE` one with another program, which somebody shares. */

export interface Address {
  readonly slug: string;
  /** The program that comes with the address; null for the lesson's own. */
  readonly code: string | null;
}

export function readAddress(hash: string): Address {
  const [, slug = "", shared] = /^#([a-z-]*)(?:\/([\w-]*))?$/.exec(hash) ?? [];
  return { slug, code: shared === undefined ? null : decode(shared) };
}

export function shareAddress(slug: string, code: string): string {
  const bytes = new TextEncoder().encode(code);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#${slug}/${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** All of it is the program's, also a byte order mark. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(shared: string): string | null {
  try {
    const bytes = atob(shared.replaceAll("-", "+").replaceAll("_", "/"));
    return UTF8.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return null; // cut short, or changed
  }
}
