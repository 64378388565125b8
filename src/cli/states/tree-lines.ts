import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { formatDuration } from '../output/duration.ts';
import type { Printer } from '../output/printer.ts';
import type { ExecutionTree, Flow, StateVisit, VisitStatus } from './execution-tree.ts';

const marks = { RUNNING: '●', SUCCEEDED: '✓', FAILED: '✗', ABORTED: '■' } as const satisfies Record<
  VisitStatus,
  string
>;
const colours = { RUNNING: 'blue', SUCCEEDED: 'green', FAILED: 'red', ABORTED: 'gray' } as const satisfies Record<
  VisitStatus,
  string
>;

/** Iterations of one Map state that are shown one by one; of more only those that run or failed. */
const shownIterations = 8;

/** Characters of what went wrong that the tree shows. */
const briefLength = 160;

/** The tree as lines, each state with its mark, how long it took, and what went wrong. */
export function treeLines(tree: ExecutionTree, printer: Printer, now: EpochMilliseconds): string[] {
  return flowLines(tree.root, '', printer, now);
}

function flowLines(flow: Flow, indent: string, printer: Printer, now: EpochMilliseconds): string[] {
  return flow.visits.flatMap((visit) => [
    `${indent}${visitLine(visit, printer, now)}`,
    ...childLines(visit, `${indent}  `, printer, now),
  ]);
}

function childLines(visit: StateVisit, indent: string, printer: Printer, now: EpochMilliseconds): string[] {
  const { shown, left } = chooseFlows(visit);
  const lines = shown.flatMap((flow, index) => [
    `${indent}${printer.style('dim', flow.iteration === undefined ? `branch ${index}` : `[${flow.iteration}]`)}`,
    ...flowLines(flow, `${indent}  `, printer, now),
  ]);
  return left === 0 ? lines : [...lines, `${indent}${printer.style('dim', `… ${left} more`)}`];
}

function chooseFlows({ flows }: StateVisit): { readonly shown: readonly Flow[]; readonly left: number } {
  if (flows.length <= shownIterations) return { shown: flows, left: 0 };
  const interesting = flows.filter(({ status }) => status !== 'SUCCEEDED').slice(0, shownIterations);
  return { shown: interesting, left: flows.length - interesting.length };
}

/** One state: `✓ Submit Batch Job  1.2s, try 2, job 9c…`. */
export function visitLine(visit: StateVisit, printer: Printer, now: EpochMilliseconds): string {
  const mark = printer.style(colours[visit.status], marks[visit.status]);
  const facts = [
    briefDuration((visit.stoppedAt ?? now) - visit.startedAt),
    iterationsOf(visit),
    visit.tries > 1 ? `try ${visit.tries}` : undefined,
    visit.jobId ? `job ${visit.jobId}` : undefined,
  ].filter((fact) => fact !== undefined);
  const error = visit.error === undefined ? '' : `  ${printer.style('red', brief(failureText(visit)))}`;
  return `${mark} ${visit.name}${printer.style('dim', `  ${facts.join(', ')}`)}${error}`;
}

function iterationsOf({ flows, iterations }: StateVisit): string | undefined {
  if (iterations === undefined) return undefined;
  const failed = flows.filter(({ status }) => status === 'FAILED').length;
  const done = flows.filter(({ status }) => status !== 'RUNNING').length;
  return `${done} of ${iterations}${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** Error and cause on one line; either may be missing. */
export function failureText({ error = '', cause = '' }: { readonly error?: string; readonly cause?: string }): string {
  return [error, cause.replace(/\s+/g, ' ')].filter((part) => part !== '').join(': ');
}

/** In the tree the beginning of a long cause is enough: the whole of it comes at the end. */
function brief(text: string): string {
  return text.length <= briefLength ? text : `${text.slice(0, briefLength - 1)}…`;
}

/** As `formatDuration`, with tenths below ten seconds. */
export function briefDuration(duration: Milliseconds): string {
  return duration < 10_000 ? `${(Math.max(0, duration) / 1_000).toFixed(1)}s` : formatDuration(duration);
}
