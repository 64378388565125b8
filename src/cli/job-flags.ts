import { basename } from 'node:path';
import type { ContainerOverrides, KeyValuePair, ResourceRequirement, SubmitJobRequest } from '@aws-sdk/client-batch';
import { type Command, Option } from 'commander';
import { withoutEmptyWords } from './empty-words.ts';
import { type Invocation, UsageError } from './invocation.ts';
import type { Printer } from './output/printer.ts';
import { wholeNumber } from './whole-number.ts';

/** The flags that describe a job, as commander leaves them. */
export interface JobFlags {
  readonly name?: string;
  readonly vcpus?: string;
  readonly memory?: string;
  readonly gpus?: string;
  readonly env?: readonly string[];
  readonly timeout?: string;
  readonly attempts?: string;
}

/** Adds the flags that `run` and `submit` share. */
export function addJobFlags(command: Command): void {
  command
    .option('--name <name>', 'name of the job')
    .addOption(
      new Option('--env <NAME=value>', 'environment variable; NAME alone passes on its value; repeatable').argParser(
        collect,
      ),
    );
  addResourceFlags(command);
}

/** Adds those of what a job asks for and how often it is tried. */
export function addResourceFlags(command: Command): void {
  command
    .option('--vcpus <number>', 'vCPUs that the job asks for')
    .option('--memory <size>', 'memory that the job asks for: MiB, or with a unit (2048, 512MiB, 2GiB)')
    .option('--gpus <number>', 'GPUs that the job asks for, each its own while it runs')
    .option(
      '--timeout <duration>',
      'end an attempt after this long, 60s at least: seconds, or with a unit (90s, 15m, 2h, 1d)',
    )
    .option('--attempts <number>', 'how often to try, 1 to 10');
}

/** Gathers a flag that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `NAME=value`, or `NAME` for its value in `environment`; a name that is not set there is left out. */
export function environmentOf(entries: readonly string[], environment: NodeJS.ProcessEnv): readonly KeyValuePair[] {
  return entries.flatMap((entry) => {
    const split = entry.indexOf('=');
    const name = split < 0 ? entry : entry.slice(0, split);
    if (name === '') throw new UsageError(`--env needs NAME=value or NAME, not ${JSON.stringify(entry)}`);
    const value = split < 0 ? environment[name] : entry.slice(split + 1);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Says which variables a job does not get, since they were to be passed on and are not set here. */
export function warnOfUnset(printer: Printer, { env = [] }: JobFlags, { environment }: Invocation): void {
  for (const name of env) {
    if (name.includes('=') || environment[name] !== undefined) continue;
    printer.note(`batchyard: --env ${name}: no such variable is set here, so the job does not get it.`);
  }
}

/** `NAME=value` pairs of a repeated flag. */
export function pairsOf(flag: string, entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const split = entry.indexOf('=');
      if (split < 1) throw new UsageError(`${flag} needs NAME=value, not ${JSON.stringify(entry)}`);
      return [entry.slice(0, split), entry.slice(split + 1)];
    }),
  );
}

/** Throws `UsageError` for a name that Batch would refuse, with the rule. */
export function checkName({ name }: JobFlags): void {
  if (name === undefined || /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(name)) return;
  const rule = '1 to 128 letters, digits, hyphens and underscores, beginning with a letter or digit';
  throw new UsageError(`--name needs ${rule}, not ${JSON.stringify(name)}`);
}

/** What the flags ask of resources, in Batch's terms. */
export function resourcesOf(flags: Pick<JobFlags, 'vcpus' | 'memory' | 'gpus'>): ResourceRequirement[] {
  return [
    ...(flags.vcpus === undefined ? [] : [{ type: 'VCPU' as const, value: positive('--vcpus', flags.vcpus) }]),
    ...(flags.memory === undefined ? [] : [{ type: 'MEMORY' as const, value: mebibytes(flags.memory) }]),
    ...(flags.gpus === undefined
      ? []
      : [{ type: 'GPU' as const, value: String(wholeNumber('--gpus', flags.gpus, 1)) }]),
  ];
}

/** Timeout and retries, for SubmitJob and RegisterJobDefinition alike. */
export function attemptsOf(flags: JobFlags): Pick<SubmitJobRequest, 'timeout' | 'retryStrategy'> {
  return {
    ...(flags.timeout !== undefined && { timeout: { attemptDurationSeconds: secondsOf('--timeout', flags.timeout) } }),
    ...(flags.attempts !== undefined && {
      retryStrategy: { attempts: Number(positive('--attempts', flags.attempts)) },
    }),
  };
}

/** Overrides of an existing definition; undefined if the flags override nothing. */
export function overridesOf(
  flags: JobFlags,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): ContainerOverrides | undefined {
  const resources = resourcesOf(flags);
  const variables = environmentOf(flags.env ?? [], environment);
  if (resources.length + variables.length + command.length === 0) return undefined;
  return {
    ...(command.length > 0 && { command: withoutEmptyWords(command) }),
    ...(variables.length > 0 && { environment: [...variables] }),
    ...(resources.length > 0 && { resourceRequirements: resources }),
  };
}

/** A job name from the command: letters, digits, hyphens and underscores only, as Batch wants it. */
export function nameFor(command: readonly string[]): string {
  const name = basename(command[0] ?? '').replaceAll(/[^0-9A-Za-z_-]+/g, '-');
  return name.replace(/^[-_]+/, '').slice(0, 100) || 'job';
}

function positive(flag: string, value: string): string {
  if (/^\d+(\.\d+)?$/.test(value) && Number(value) > 0) return value;
  throw new UsageError(`${flag} needs a positive number, not ${JSON.stringify(value)}`);
}

/** What `--memory` was given, in whole MiB as Batch takes it. Throws `UsageError` for what is none. */
export function mebibytes(value: string): string {
  const [, count, unit = 'M'] = /^(\d+(?:\.\d+)?)(?:([MG])(?:iB)?)?$/.exec(value) ?? [];
  const size = Number(count) * (unit === 'G' ? 1_024 : 1);
  if (Number.isInteger(size) && size > 0) return String(size);
  throw new UsageError(`--memory needs whole MiB or a unit (2048, 512MiB, 2GiB), not ${JSON.stringify(value)}`);
}

/** A length of time in seconds: as it is, or with a unit. */
export function secondsOf(flag: string, value: string): number {
  const [, count, unit = 's'] = /^(\d+)([smhd])?$/.exec(value) ?? [];
  const factors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
  if (count !== undefined) return Number(count) * (factors[unit] ?? 1);
  throw new UsageError(`${flag} needs a number of seconds or a unit (s, m, h, d), not ${JSON.stringify(value)}`);
}
