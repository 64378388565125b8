import type { Machine } from '../../../asl/index.ts';
import type { ExecutionRecord } from '../../../store/index.ts';
import type { MachineCatalog } from '../contract.ts';
import { parseStatesArn } from '../names.ts';
import type { StateMachineRevisionRecord } from '../records.ts';

/** Why an execution cannot go on: its definition was accepted once, and this release cannot read what is stored of it. */
export class UnreadableDefinition extends Error {
  override readonly name = 'UnreadableDefinition';
}

/** The machine of an execution, or why there is none. */
export type ReadMachine = Machine | UnreadableDefinition;

/** Stands for the revision of an execution that the store has lost: its definition is none. */
function lostRevision(record: Omit<ExecutionRecord, 'input'>): StateMachineRevisionRecord {
  const { account, region, revisionId: name, stateMachineArn, kind, startedAt: createdAt } = record;
  const named = parseStatesArn(stateMachineArn);
  const stateMachineName = named && 'machine' in named ? named.machine : '';
  return {
    ...{ account, region, name, stateMachineArn, stateMachineName, kind, createdAt },
    ...{ isInitial: false, definition: '', roleArn: '' },
  };
}

/**
 * What is stored may be damaged, or of another release. The execution fails with words then, and the rest of the server is
 * none the worse.
 */
export function readMachine(catalog: MachineCatalog, revision: StateMachineRevisionRecord): ReadMachine {
  try {
    return catalog.compile(revision);
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    return new UnreadableDefinition(`The stored definition of the state machine cannot be read: ${why}`, {
      cause: fault,
    });
  }
}

/** What an execution of the store runs. */
export function readRevision(
  catalog: MachineCatalog,
  record: Omit<ExecutionRecord, 'input'>,
): { readonly revision: StateMachineRevisionRecord; readonly machine: ReadMachine } {
  const revision = catalog.revision(record, record.revisionId);
  if (revision) return { revision, machine: readMachine(catalog, revision) };
  const machine = new UnreadableDefinition(`The stored definition of the state machine is gone: ${record.revisionId}`);
  return { revision: lostRevision(record), machine };
}

/** Throws `UnreadableDefinition`. */
export function machineOf({ machine }: { readonly machine: ReadMachine }): Machine {
  if (machine instanceof UnreadableDefinition) throw machine;
  return machine;
}
