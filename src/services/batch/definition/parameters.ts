import { refuse } from '../refusals.ts';

const placeholder = 'Ref::';

/** Whether any element of a command is a `Ref::name` placeholder. */
export function hasReferences(command: readonly string[] | undefined): boolean {
  return command?.some((element) => element.startsWith(placeholder)) ?? false;
}

/**
 * Replaces each element `Ref::name` by the parameter of that name. A placeholder is a whole element (spec 02 §4). One
 * without a value refuses the submission. The words are reported of AWS, without its usual frame, by many.
 */
export function substitute(
  command: readonly string[] | undefined,
  parameters: Readonly<Record<string, string>>,
): string[] {
  return (command ?? []).map((element) => {
    if (!element.startsWith(placeholder)) return element;
    const name = element.slice(placeholder.length);
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value ?? refuse(`Unable to substitute value. No parameter found for reference ${name}`);
  });
}
