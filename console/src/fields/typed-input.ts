import type { Input } from './path.ts';

/** The object that is typed as JSON; undefined while it is none. */
export function typedInput(text: string): Input | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : undefined;
  } catch {
    // Not whole yet: the editor says so.
    return undefined;
  }
}
