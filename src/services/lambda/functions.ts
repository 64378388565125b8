import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import type { Arn, Milliseconds } from '../../core/ids.ts';

/** A function, as the configuration has it. */
export interface FunctionSettings {
  readonly name: string;
  readonly description?: string;
  readonly run: CommandSettings | UrlSettings;
  /** How long an invocation may take. */
  readonly timeout: Milliseconds;
  /** Invocations at once. */
  readonly concurrency: number;
  /** The ARN of a queue that takes the events of asynchronous invocations that were given up. */
  readonly deadLetterQueue?: string;
}

/** It is run as a job. */
export interface CommandSettings {
  readonly kind: 'command';
  readonly command: readonly string[];
  readonly image: string;
  /** Name or ARN of a job queue. */
  readonly queue: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The role of the job. */
  readonly role?: string;
}

/** It is posted to. */
export interface UrlSettings {
  readonly kind: 'url';
  readonly url: string;
}

export type Functions = ReadonlyMap<string, FunctionSettings>;

export function functionArn(scope: Scope, name: string): Arn {
  return formatArn('lambda', scope, `function:${name}`);
}

/** What a caller calls a function, read. */
interface FunctionName {
  readonly name: string;
  readonly qualifier?: string;
}

/** Reads a name, a whole ARN or a partial one of the scope that is called; undefined for what names nothing of it. */
export function readFunctionName({ account, region }: Scope, text: string): FunctionName | undefined {
  const arn = parseArn(text);
  if (arn && (arn.service !== 'lambda' || arn.account !== account || arn.region !== region)) return undefined;
  const rest = arn ? arn.resource : text.replace(/^\d{12}:(?=function:)/, '');
  const [, name, qualifier] = /^(?:function:)?([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9$_-]{1,128}))?$/.exec(rest) ?? [];
  if (name === undefined || (arn && !rest.startsWith('function:'))) return undefined;
  return { name, ...(qualifier === undefined ? {} : { qualifier }) };
}

/** The log group of a function. */
export function logGroupOf(name: string): string {
  return `/aws/lambda/${name}`;
}
