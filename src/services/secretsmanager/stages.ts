import { quotas } from './limits.ts';
import { limitExceeded } from './refusals.ts';

/** The version that each staging label of a secret is attached to. */
export type Stages = Readonly<Record<string, string>>;

export const current = 'AWSCURRENT';
export const previous = 'AWSPREVIOUS';

/** The version that a label is attached to. Labels are users' words: `constructor` may be one. */
export function holderOf(stages: Stages, label: string): string | undefined {
  return Object.hasOwn(stages, label) ? stages[label] : undefined;
}

/** The labels of a version, in the order of their names. */
export function labelsOf(stages: Stages, versionId: string): readonly string[] {
  return Object.keys(stages)
    .filter((label) => stages[label] === versionId)
    .sort();
}

/**
 * Attaches labels to a version; each leaves the version that had it. Where AWSCURRENT leaves a version, AWSPREVIOUS comes.
 * Throws `LimitExceededException` for more labels than a secret may have.
 */
export function attach(stages: Stages, versionId: string, labels: readonly string[]): Stages {
  const left = stages[current];
  const moved = { ...stages, ...Object.fromEntries(labels.map((label) => [label, versionId])) };
  if (labels.includes(current) && left !== undefined && left !== versionId) moved[previous] = left;
  const count = Object.keys(moved).length;
  if (count > quotas.stages) throw limitExceeded(`${count} staging labels, of ${quotas.stages} at most`);
  return moved;
}

/** Takes a label off. */
export function detach(stages: Stages, label: string): Stages {
  return Object.fromEntries(Object.entries(stages).filter(([name]) => name !== label));
}
