import type { SearchedFor } from '../../../../src/services/batch/batchyard/search-jobs.ts';

/** What the address bar says of the jobs that are looked for, each a text of its own. */
const searchFields = [
  'queue',
  'status',
  'name',
  'definition',
  'since',
  'share',
  'tag',
  'exit',
  'by',
  'instance',
  'reason',
] as const;

export type SearchField = (typeof searchFields)[number];
export type JobQuery = Readonly<Partial<Record<SearchField, string>>>;

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Such as `90m`, `12h`, `7d`, in milliseconds; undefined for anything else. */
export function spanOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const size = units[unit];
  return count === undefined || size === undefined ? undefined : Number(count) * size;
}

export function readQuery(search: URLSearchParams): JobQuery {
  const given = searchFields.flatMap((field) => {
    const value = search.get(field)?.trim();
    return value ? [[field, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** Without what is empty, so that an address is the same for the same question. */
export function writeQuery(query: JobQuery): URLSearchParams {
  return new URLSearchParams(
    searchFields.flatMap((field) => {
      const value = query[field]?.trim();
      return value ? [[field, value]] : [];
    }),
  );
}

/** What the server is asked for; what cannot be read is left out. `now`: of which `since` is told. */
export function searchOf(query: JobQuery, now: number): SearchedFor {
  const { queue, status, name, definition, since, share, tag, exit, by, instance, reason } = query;
  const span = since === undefined ? undefined : spanOf(since);
  return {
    ...(queue && { queues: [queue] }),
    ...(status && { statuses: status.split(',') as NonNullable<SearchedFor['statuses']> }),
    ...(name && { name }),
    ...(definition && { definition }),
    ...(span !== undefined && { createdAfter: now - span }),
    ...(share && { share }),
    ...(tag && { tag: tagOf(tag) }),
    ...(exit && /^\d{1,3}$/.test(exit) && { exitCode: Number(exit) }),
    ...(by && { submittedBy: by }),
    ...(instance && { instance }),
    ...(reason && { reason }),
  };
}

/** `key=value`, or `key` for whatever value. */
function tagOf(text: string): NonNullable<SearchedFor['tag']> {
  const at = text.indexOf('=');
  return at < 0 ? { key: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

const flags = {
  queue: '--queue',
  name: '--name',
  definition: '--definition',
  since: '--since',
  share: '--share',
  tag: '--tag',
  exit: '--exit-code',
  by: '--by',
  instance: '--instance',
  reason: '--reason',
} as const;

/** The line of `batchyard` that asks the same: AWS's ListJobs cannot. */
export function commandOf(query: JobQuery): string {
  const words = ['batchyard', 'jobs'];
  for (const status of query.status?.split(',') ?? []) words.push('--status', status);
  for (const [field, flag] of Object.entries(flags)) {
    const value = query[field as SearchField];
    if (value) words.push(flag, /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);
  }
  return words.join(' ');
}
