import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import { nameOfArn } from '../../core/arn.ts';
import type { Client } from '../client/client.ts';
import { type InlineDefinition, inlineName } from '../inline-definition.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { askedWords } from '../output/asked-words.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { whyWords } from '../output/why-words.ts';

/** What the server's ExplainSubmission answers, as far as it is shown. */
interface ExplainedSubmission {
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly size?: number;
  readonly nodes?: number;
  readonly asked: { readonly vcpus: number; readonly memoryMiB: number; readonly gpus: number };
  readonly status: 'PENDING' | 'RUNNABLE' | 'FAILED';
  readonly text: string;
  readonly remedy?: string;
  readonly failsAtStart: boolean;
  readonly environments: readonly { readonly text: string }[];
  readonly notes: readonly string[];
}

/**
 * Asks what would become of a submission. Answers 0 if it would be taken and can start some day, 1 if not, as where its engine is
 * known to refuse it; a refusal rejects, as that of SubmitJob does.
 */
export async function dryRun(
  invocation: Invocation,
  client: Client,
  request: Omit<SubmitJobRequest, 'jobDefinition'>,
  definition: string | InlineDefinition,
  json: boolean,
): Promise<ExitCode> {
  const isNamed = typeof definition === 'string';
  const jobDefinition = isNamed ? definition : inlineName(definition);
  const explained = await client.extension<ExplainedSubmission>('ExplainSubmission', {
    submission: { ...request, jobDefinition },
    ...(!isNamed && { containerProperties: definition.properties }),
  });
  const printer = new Printer(invocation);
  if (json) printer.json(explained);
  else for (const line of linesOf(printer, explained)) printer.line(line);
  const { status, remedy, failsAtStart } = explained;
  return status === 'FAILED' || remedy !== undefined || failsAtStart ? 1 : 0;
}

function linesOf(printer: Printer, explained: ExplainedSubmission): readonly string[] {
  const { jobName, jobQueue, asked, status, text, remedy, environments, notes } = explained;
  const label = (words: string) => printer.style('dim', words.padEnd(11));
  return [
    `${printer.style('bold', jobName)}  is not submitted`,
    `${label('status')}${printer.style(statusColour(status), status)}, if it were`,
    `${label('why')}${whyWords(text, remedy)}`,
    `${label('asked')}${askedWords(asked)}${forWhom(explained)}`,
    ...environments.map((environment) => `${label('where')}${environment.text}`),
    `${label('queue')}${nameOfArn(jobQueue)}`,
    ...notes.map((note) => `${label('note')}${note}`),
  ];
}

function forWhom({ size, nodes }: Pick<ExplainedSubmission, 'size' | 'nodes'>): string {
  if (nodes !== undefined) return ` for all ${nodes} nodes together`;
  return size === undefined ? '' : ` for each of ${size} children`;
}
