/**
 * A module loader hook, which older versions of Node run on a thread of its own: `millrace` is this package where the program's own folders
 * have none. It is plain JavaScript once built, because the loader for TypeScript does not load loaders.
 */

interface Context {
  readonly parentURL?: string | undefined;
}

interface Resolved {
  readonly url: string;
}

/** Whether `specifier` names this package or one of its entry points. */
export function isOurs(specifier: string): boolean {
  return specifier === "millrace" || specifier.startsWith("millrace/");
}

/** Where to look for `specifier` after `error`: as seen from here, the name is the package's own. */
function secondTry(specifier: string, context: Context, error: unknown): Context {
  if (!isOurs(specifier) || (error as { code?: unknown } | null)?.code !== "ERR_MODULE_NOT_FOUND") throw error;
  return { ...context, parentURL: import.meta.url };
}

export async function resolve(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Promise<Resolved>,
): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    return next(specifier, secondTry(specifier, context, error));
  }
}

/** The same for hooks on the program's own thread. */
export function resolveSync(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Resolved,
): Resolved {
  try {
    return next(specifier, context);
  } catch (error) {
    return next(specifier, secondTry(specifier, context, error));
  }
}
