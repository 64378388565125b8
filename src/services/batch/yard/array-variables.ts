import type { RerunRecord } from '../../../core/job-specification.ts';

/**
 * What a child of an array of `size` is told of its place (spec 01 §13.1); nothing to a job that is none. Whoever runs a child of
 * another array again is told that child's.
 */
export function arrayVariables(
  index: number | undefined,
  size: number | undefined,
  rerun: RerunRecord | undefined,
): Record<string, string> {
  if (rerun?.children) return variables(rerun.children.indexes[index ?? 0], rerun.children.size);
  return size === undefined ? {} : variables(index, size);
}

function variables(index: number | undefined, size: number): Record<string, string> {
  return { AWS_BATCH_JOB_ARRAY_INDEX: String(index), AWS_BATCH_JOB_ARRAY_SIZE: String(size) };
}
