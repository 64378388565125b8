import { quotePosix } from '../../core/quote-posix.ts';
import { UsageError } from '../invocation.ts';

/** The shells whose syntax `batchyard env` speaks; `json` for programs. */
const exportFormats = ['posix', 'fish', 'powershell', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Variables to set, and variables to take away because they would win over those. */
export interface Variables {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** For whoever reads the text: a comment, last, so that it hides nothing where lines are joined. */
  readonly note?: string | undefined;
}

/** The format that a command line asks for. Throws `UsageError`. */
export function exportFormat(given = 'posix'): ExportFormat {
  const format = exportFormats.find((each) => each === given);
  if (format) return format;
  throw new UsageError(`--format must be one of ${exportFormats.join(', ')}`);
}

/** Text that a shell evaluates to set and unset variables, ending in a newline. */
export function formatExports(variables: Variables, format: ExportFormat): string {
  return `${writers[format](variables).join('\n')}\n`;
}

const writers: Readonly<Record<ExportFormat, (variables: Variables) => readonly string[]>> = {
  posix: ({ set, unset, note }) => [
    ...Object.entries(set).map(([name, value]) => `export ${name}=${quotePosix(value)}`),
    `unset ${unset.join(' ')}`,
    ...comment(note),
  ],
  fish: ({ set, unset, note }) => [
    ...Object.entries(set).map(([name, value]) => `set -gx ${name} ${quoteFish(value)};`),
    ...unset.map((name) => `set -e ${name};`),
    ...comment(note),
  ],
  powershell: ({ set, unset, note }) => [
    ...Object.entries(set).map(([name, value]) => `$env:${name} = ${quotePowershell(value)}`),
    ...unset.map((name) => `Remove-Item -ErrorAction Ignore Env:${name}`),
    ...comment(note),
  ],
  json: ({ set, unset }) => [
    JSON.stringify({ ...set, ...Object.fromEntries(unset.map((name) => [name, null])) }, undefined, 2),
  ],
};

/** All three shells begin a comment so. */
function comment(note: string | undefined): readonly string[] {
  return note === undefined ? [] : [`# ${note}`];
}

function quoteFish(value: string): string {
  return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
}

function quotePowershell(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
