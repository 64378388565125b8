import type { Call } from './protocol.ts';

/** Longer ones go into a file. */
const longest = 200;

/** What the `aws` CLI calls services that it names otherwise than requests do. */
const commands: Readonly<Record<string, string>> = { states: 'stepfunctions', monitoring: 'cloudwatch' };

/**
 * The line for a shell that makes `call`: members by their names, text and numbers plain, the rest as JSON. Made by rule, so that
 * no name is written by hand. A call of Batchyard's own is one of its command instead.
 */
export function awsLine({ service, operation, input }: Call): string {
  const words = ['aws', commands[service] ?? service, kebab(operation)];
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined) continue;
    words.push(...memberWords(kebab(member), value));
  }
  const line = words.join(' ');
  if (line.length <= longest) return line;
  return `${words.slice(0, 3).join(' ')} --cli-input-json ${quoted(jsonOf(input))}`;
}

/** `true` is the name of the option alone, `false` that with `no`; what begins with a dash would be taken for an option. */
function memberWords(name: string, value: unknown): readonly string[] {
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
  const words = valueWords(value);
  const [first = ''] = words;
  return first.startsWith('-') ? [`--${name}=${first}`, ...words.slice(1)] : [`--${name}`, ...words];
}

/** Lists of plain values are words. */
function valueWords(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [quoted(String(value))];
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
    return value.map(quoted);
  return [quoted(jsonOf(value))];
}

/** A `Map` is how services of forms are given one; the CLI takes an object. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? Object.fromEntries(each) : each));
}

/** As the CLI makes options of members: `jobQueue` is `job-queue`, `maxvCpus` is `maxv-cpus`. */
function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** As a word of POSIX shells. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
