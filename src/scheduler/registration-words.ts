import { nameOfArn } from '../core/arn.ts';
import type { VerdictOf } from './environment-verdict.ts';

type Awaited = VerdictOf<'awaits-registration'>;

/** What registers an instance in an environment: one that holds the job, where the whole machine would not. */
export function registerCommand({
  computeEnvironmentArn,
  least,
}: Pick<Awaited, 'computeEnvironmentArn' | 'least'>): string {
  const command = `batchyard instance register --environment ${nameOfArn(computeEnvironmentArn)}`;
  if (!least) return command;
  const gpus = least.gpus > 0 ? ` --gpus ${least.gpus}` : '';
  return `${command} --vcpus ${Math.ceil(least.vcpus)} --memory ${least.memoryMiB}${gpus}`;
}

/** What is registered, of which nothing is large enough. */
export function registeredWords({ open }: Pick<Awaited, 'open'>): string {
  if (open === 0) return 'no instance is registered';
  return open === 1 ? 'its registered instance is too small' : `each of its ${open} registered instances is too small`;
}
