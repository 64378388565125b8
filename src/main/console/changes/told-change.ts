import type { Scope } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import type { Change } from '../../../store/index.ts';
import { recordsOfServices } from '../../records.ts';

/** What may look different now: something of a service, and which job it was, of Batch's. */
export interface ToldChange {
  readonly scope: Scope;
  /** By its name in the registry. */
  readonly service: string;
  /** Of a child or a node: its parent's. */
  readonly jobId?: JobId;
}

/** What nobody looks at, and changes by itself: where something stands, when a key was last used. */
const unseen: ReadonlySet<string> = new Set(['cloudTrailProgress', 'delivery', 'iamKeyUse', 'metricSeries']);

const serviceOfType: ReadonlyMap<string, string> = new Map(
  Object.entries(recordsOfServices).flatMap(([service, types]) =>
    types.filter(({ type }) => !unseen.has(type)).map(({ type }) => [type, service] as const),
  ),
);

/** What a change of the store means to whoever looks at a page; undefined for what no page shows. */
export function toldChange(change: Change): ToldChange | undefined {
  switch (change.kind) {
    case 'record.put':
      return ofRecord(change.record, change.record.type);
    case 'record.delete':
      return ofRecord(change.scope, change.type);
    case 'job.insert':
    case 'serviceJob.insert':
    case 'serviceJob.update':
      return { scope: change.record, service: 'batch', jobId: change.record.jobId };
    case 'job.update':
    case 'job.tag':
    case 'job.delete':
    case 'serviceJob.delete':
      return { scope: change.scope, service: 'batch', jobId: change.jobId };
    case 'fact':
      return ofFact(change.fact);
    case 'execution.insert':
      return { scope: change.record, service: 'states' };
    case 'execution.update':
    case 'execution.delete':
    case 'history.append':
      return { scope: change.scope, service: 'states' };
    case 'mapRun.put':
      return { scope: change.record, service: 'states' };
    case 'stream.put':
      return { scope: change.record, service: 'logs' };
    case 'stream.delete':
      return { scope: change.scope, service: 'logs' };
    default:
      return undefined;
  }
}

function ofRecord(scope: Scope, type: string): ToldChange | undefined {
  const service = serviceOfType.get(type);
  return service === undefined ? undefined : { scope, service };
}

/** Of an array's children their bits alone change: the fact is what tells. */
function ofFact(fact: Extract<Change, { kind: 'fact' }>['fact']): ToldChange | undefined {
  if (fact.kind === 'job' || fact.kind === 'serviceJob') return { scope: fact, service: 'batch', jobId: fact.jobId };
  return undefined;
}
