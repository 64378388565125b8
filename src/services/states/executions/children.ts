import {
  awaitsRedrive,
  type ChildFrame,
  type ExecutionHeader,
  type Frame,
  type Json,
  type StartChild,
} from '../../../asl/index.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ExecutionRecord } from '../../../store/index.ts';
import { executionArn, expressArn, stateMachineArn } from '../names.ts';
import { childName } from './identity.ts';
import type { Letter, RunningExecution } from './running.ts';

/** The record of a child execution of a distributed Map. Its ARN follows from its place in its parent. */
export function childRecord(
  parent: RunningExecution,
  effect: StartChild,
  startedAt: EpochMilliseconds,
): ExecutionRecord | undefined {
  const { memory, revision, scope, record } = parent;
  const map = memory.frame(effect.map);
  if (map?.kind !== 'map' || map.mapRunArn === undefined) return undefined;
  const name = childName(record.arn, parent.run, effect.frame);
  const label = /\/([^/:]+):[^:]*$/.exec(map.mapRunArn)?.[1] ?? effect.state;
  const machine = revision.stateMachineName;
  const isExpress = effect.executionType === 'EXPRESS';
  return {
    ...scope,
    formatVersion: 1,
    arn: isExpress ? expressArn(scope, machine, name, name, label) : executionArn(scope, machine, name, label),
    name,
    stateMachineArn: stateMachineArn(scope, machine, label),
    revisionId: revision.name,
    kind: effect.executionType,
    input: JSON.stringify(effect.input),
    startedAt,
    mapRunArn: map.mapRunArn,
    parent: {
      executionArn: record.arn,
      frame: effect.frame,
      state: effect.state,
      index: effect.index,
      ...itemOf(memory.frame(`${effect.map}/items`), memory.frame(effect.frame) as ChildFrame, effect.input),
    },
  };
}

/** What the context object shows of the item; an item that is the child's very input is not kept twice. */
function itemOf(items: Frame | undefined, child: ChildFrame, input: Json) {
  if (child.items !== 1) return { items: child.items };
  if (items?.kind !== 'items') return {};
  const item = items.items[child.from] ?? null;
  const key = items.keys?.[child.from];
  return { ...(item === input ? {} : { item }), ...(key === undefined ? {} : { key }) };
}

/** Whether the Map in `parent` still wants what that launch of a child comes to. */
export function isChildOf(parent: RunningExecution | undefined, frame: string, launch: string | undefined): boolean {
  const child = parent?.memory.frame(frame);
  const map = parent?.memory.frame(frame.slice(0, frame.lastIndexOf('/')));
  if (parent?.isRetired) return false;
  if (child?.kind !== 'child' || child.seed !== launch || map?.kind !== 'map' || map.stopping) return false;
  return !awaitsRedrive(map, child.index);
}

/** What the parent hears of a child's end. */
export function childEnded(frame: string, header: ExecutionHeader, isFinal: boolean): Letter {
  const { status, output, error, cause } = header;
  if (status === 'RUNNING') throw new Error(`the child of ${frame} still runs`);
  if (status === 'SUCCEEDED') return { body: { type: 'childSucceeded', frame, output: output ?? null } };
  const failure = {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
  return { body: { type: 'childFailed', frame, status, ...failure }, isFinal };
}
