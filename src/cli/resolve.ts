/**
 * A module loader hook, which Node runs on a thread of its own: `millrace` is this package where the program's own folders
 * have none. It is plain JavaScript once built, because the loader for TypeScript does not load loaders.
 */

interface Context {
  readonly parentURL?: string | undefined;
}

type Next = (specifier: string, context: Context) => Promise<{ readonly url: string }>;

/** Whether `specifier` names this package or one of its entry points. */
export function isOurs(specifier: string): boolean {
  return specifier === "millrace" || specifier.startsWith("millrace/");
}

export async function resolve(specifier: string, context: Context, next: Next): Promise<{ readonly url: string }> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isOurs(specifier) || (error as { code?: unknown } | null)?.code !== "ERR_MODULE_NOT_FOUND") throw error;
    // From here the name is the package's own.
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
}
