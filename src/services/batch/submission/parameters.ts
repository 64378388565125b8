const placeholder = 'Ref::';

/** Whether any element of a command is a `Ref::name` placeholder. */
export function hasReferences(command: readonly string[] | undefined): boolean {
  return command?.some((element) => element.startsWith(placeholder)) ?? false;
}

/**
 * Replaces each element `Ref::name` by the parameter of that name. A placeholder is a whole element (spec 02 §4), and one
 * without a value stays as it is (spec 08 §3.3).
 */
export function substitute(
  command: readonly string[] | undefined,
  parameters: Readonly<Record<string, string>>,
): string[] {
  return (command ?? []).map((element) => {
    if (!element.startsWith(placeholder)) return element;
    const name = element.slice(placeholder.length);
    return Object.hasOwn(parameters, name) ? (parameters[name] ?? element) : element;
  });
}
