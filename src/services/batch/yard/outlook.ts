import type { NodeSpecification } from '../../../core/job-specification.ts';
import { nodeRuns, nodeSpecification } from '../../../core/node-specification.ts';
import type { ContainerOutlook, EngineCapabilities, EngineKind } from '../../../engines/index.ts';
import type { Jobs, NewJob, Prospect } from '../../../jobs/index.ts';
import { statusReasons } from '../../../lifecycle/index.ts';
import {
  describeLimit,
  describeReason,
  describeVerdict,
  hopelessOf,
  jobBefore,
  type Trial,
} from '../../../scheduler/index.ts';
import { nameIn } from '../names.ts';
import type { Outlook } from './contract.ts';
import type { FileSystems } from './file-systems.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';
import { outlineOf, UnstartableTask } from './task-spec.ts';
import { ungrantedOf } from './ungranted.ts';
import { unmetDemand } from './unmet-demand.ts';

/** What is asked about a job that is only thought of. */
export interface OutlookSources {
  readonly jobs: Jobs;
  readonly queues: QueueModel;
  readonly engines: TaskEngines;
  readonly fileSystems: FileSystems;
}

/** Says what would become of a job that came now: as it would be taken in, and as the scheduler would see it. */
export function outlook(job: NewJob, sources: OutlookSources): Outlook {
  const trial = sources.queues.tryOut(job);
  const environments = trial.verdicts.map((verdict) => ({
    name: nameIn(verdict.computeEnvironmentArn),
    fits: verdict.kind === 'fits',
    text: describeVerdict(verdict),
  }));
  const engine = engineNotes(job, trial, sources);
  const prospect = sources.jobs.prospectOf(job);
  const notes = [
    ...trial.limits.map(describeLimit),
    ...fallenNotes(job, prospect),
    ...engine.map(({ words }) => words),
  ];
  const remedy = remedyOf(trial, sources.queues);
  return {
    ...fate(job, trial, prospect),
    ...(remedy === undefined ? {} : { remedy }),
    failsAtStart: engine.some(({ isFatal }) => isFatal),
    environments,
    notes,
  };
}

function fate(
  { failsAtOnce }: NewJob,
  { waiting }: Trial,
  { fails, open }: Prospect,
): Pick<Outlook, 'status' | 'text' | 'waiting'> {
  const failure = failsAtOnce ?? (fails ? statusReasons.dependencyFailed : undefined);
  if (failure !== undefined) return { status: 'FAILED', text: failure };
  if (open.length === 0) return { status: 'RUNNABLE', text: describeReason(waiting), waiting };
  return { status: 'PENDING', text: `Waiting for ${open.length} job(s) to succeed: ${open.slice(0, 3).join(', ')}` };
}

function fallenNotes(job: NewJob, { fallen }: Prospect): readonly string[] {
  if (job.kind !== 'array' || fallen === 0) return [];
  return [`${fallen} of ${job.size} children would end at once: ${statusReasons.dependencyFailed}`];
}

function remedyOf({ waiting, hopeless }: Trial, queues: OutlookSources['queues']): string | undefined {
  if (hopeless) return queues.hopelessRemedy(hopeless, 'It', 'ask for less');
  const behind = jobBefore(waiting);
  const ahead = behind && hopelessOf(behind.head);
  const whose = waiting.kind === 'waiting-for-share' ? 'share' : 'queue';
  return ahead && queues.hopelessRemedy(ahead, `The job at the head of the ${whose}`, `cancel ${behind.headJobId}`);
}

interface EngineNote {
  readonly words: string;
  /** No attempt starts. */
  readonly isFatal: boolean;
}

/** What its engine would refuse at the start of each attempt. */
function engineNotes(job: NewJob, { verdicts }: Trial, sources: OutlookSources): readonly EngineNote[] {
  const { queues, engines } = sources;
  const place = verdicts.find(({ kind }) => kind === 'fits') ?? verdicts[0];
  const kind = place && queues.engineOf(place.computeEnvironmentArn);
  const capabilities = kind && engines.description(kind)?.capabilities;
  if (!capabilities) return [];
  return whatRuns(job).flatMap(({ whose, isDecisive, node }) => {
    if (!node) return [];
    const { refusal, without } = startOf(node, { kind, capabilities, isNode: job.kind === 'multiNode' }, sources);
    if (refusal !== undefined)
      return [{ words: `${whose} would fail at start on engine ${kind}: ${refusal}`, isFatal: isDecisive }];
    return without.map((words) => ({ words: `${whose} would run without ${words}`, isFatal: false }));
  });
}

interface Starting {
  readonly kind: EngineKind;
  readonly capabilities: EngineCapabilities;
  readonly isNode: boolean;
}

/** What would be said to the task of a node: the first thing that keeps it, in the order of its start, and else what it runs without. */
function startOf(
  node: NodeSpecification,
  { kind, capabilities, isNode }: Starting,
  { engines, fileSystems }: OutlookSources,
): ContainerOutlook {
  const unmet = unmetDemand(node, capabilities, isNode);
  if (unmet !== undefined) return { refusal: unmet, without: [] };
  const without = [...ungrantedOf(node, capabilities)];
  try {
    const outlines = node.containers.map((container) => outlineOf(container, { node, capabilities, fileSystems }));
    const outlooks = outlines.map((outline) => engines.outlook(kind, outline));
    const refused = outlooks.find(({ refusal }) => refusal !== undefined);
    return refused ?? { without: [...new Set([...without, ...outlooks.flatMap((each) => each.without)])] };
  } catch (error) {
    if (error instanceof UnstartableTask) return { refusal: error.message, without: [] };
    throw error;
  }
}

interface Run {
  readonly whose: string;
  /** Without it an attempt fails. */
  readonly isDecisive: boolean;
  readonly node: NodeSpecification | undefined;
}

/** Whatever it runs, by who fails where that cannot start: without its main node a multi-node job ends, without another it goes on. */
function whatRuns(job: NewJob): readonly Run[] {
  if (job.kind !== 'multiNode')
    return [{ whose: 'its attempts', isDecisive: true, node: nodeSpecification(job.specification) }];
  return nodeRuns(job.specification.nodes, job.size).map(({ first, last, node }) => {
    const isMain = first <= job.mainNode && job.mainNode <= last;
    return { whose: isMain ? 'its attempts' : `its nodes ${first}:${last}`, isDecisive: isMain, node };
  });
}
