import type { JobListQuery } from './contract.ts';
import type { JobRecord } from './records.ts';

/** The part of a list query that no index answers. */
export type JobFilter = Pick<JobListQuery, 'jobName' | 'jobDefinition' | 'shareIdentifier'>;

type Filtered = Pick<JobRecord, 'jobName' | 'jobDefinitionArn' | 'shareIdentifier'>;

/** Compiles the filters of a list query to one predicate; all of them must hold. */
export function jobFilter(filter: JobFilter): (job: Filtered) => boolean {
  const name = filter.jobName === undefined ? anything : textPattern(filter.jobName.toLowerCase());
  const definition = filter.jobDefinition === undefined ? anything : definitionPattern(filter.jobDefinition);
  const share = filter.shareIdentifier;
  return (job) =>
    (share === undefined || job.shareIdentifier === share) &&
    name(job.jobName.toLowerCase()) &&
    definition(job.jobDefinitionArn);
}

type Pattern = (text: string) => boolean;

const anything: Pattern = () => true;

/** Equal, or with a trailing `*` beginning with what precedes it. A `*` elsewhere is itself. */
function textPattern(pattern: string): Pattern {
  if (!pattern.endsWith('*')) return (text) => text === pattern;
  const prefix = pattern.slice(0, -1);
  return (text) => text.startsWith(prefix);
}

/** A definition answers to its ARN and to `name:revision`, both with and without the revision. */
function definitionPattern(pattern: string): Pattern {
  const matches = textPattern(pattern);
  return (arn) => {
    const named = arn.slice(arn.indexOf('/') + 1);
    return matches(arn) || matches(named) || matches(withoutRevision(arn)) || matches(withoutRevision(named));
  };
}

function withoutRevision(definition: string): string {
  return definition.slice(0, definition.lastIndexOf(':'));
}
