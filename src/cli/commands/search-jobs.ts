import type { CountJobsOutput, SearchedFor, SearchedJob, SearchJobsOutput } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { type Invocation, UsageError } from '../invocation.ts';
import { secondsOf } from '../job-flags.ts';

/** Conditions that AWS's ListJobs does not have, or not together. */
export interface SearchFlags {
  readonly definition?: string;
  readonly since?: string;
  readonly share?: string;
  readonly tag?: string;
  readonly exitCode?: string;
  readonly by?: string;
  readonly instance?: string;
  readonly reason?: string;
}

const names = ['definition', 'since', 'share', 'tag', 'exitCode', 'by', 'instance', 'reason'] as const;

/** Whether anything is asked that only the server's own search can find. */
export function isSearch(flags: SearchFlags): boolean {
  return names.some((name) => flags[name] !== undefined);
}

/** The search that flags ask for. */
export function searchOf({ clock }: Invocation, flags: SearchFlags): SearchedFor {
  const { definition, since, share, tag, exitCode, by: submittedBy, instance, reason } = flags;
  return {
    ...{ definition, share, submittedBy, instance, reason },
    ...(since !== undefined && { createdAfter: Math.max(0, clock.now() - 1_000 * secondsOf('--since', since)) }),
    ...(tag !== undefined && { tag: tagOf(tag) }),
    ...(exitCode !== undefined && { exitCode: exitCodeOf(exitCode) }),
  };
}

function tagOf(text: string): NonNullable<SearchedFor['tag']> {
  const at = text.indexOf('=');
  return at < 0 ? { key: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function exitCodeOf(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new UsageError(`--exit-code needs a number, not ${text}`);
}

/** The newest jobs that match, page after page. */
export async function searchAll(client: Client, search: SearchedFor, limit: number): Promise<readonly SearchedJob[]> {
  const found: SearchedJob[] = [];
  let nextToken: string | undefined;
  do {
    const maxResults = Math.min(100, limit - found.length);
    const page: SearchJobsOutput = await client.extension('SearchJobs', { ...search, maxResults, nextToken });
    found.push(...page.jobs);
    nextToken = page.nextToken;
  } while (nextToken !== undefined && found.length < limit);
  return found;
}

/** How many match, by status: all pages added up. */
export async function countAll(client: Client, search: SearchedFor): Promise<CountJobsOutput['byStatus']> {
  let sum: Record<string, number> = {};
  let nextToken: string | undefined;
  do {
    const page: CountJobsOutput = await client.extension('CountJobs', { ...search, nextToken });
    const before = sum;
    sum = Object.fromEntries(Object.entries(page.byStatus).map(([name, count]) => [name, count + (before[name] ?? 0)]));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return sum as CountJobsOutput['byStatus'];
}
