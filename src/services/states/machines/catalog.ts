import { type Machine, parseDefinition, refusalOf } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Ledger } from '../../../store/index.ts';
import type { CompiledMachines, Runnable } from '../contract.ts';
import { readArn } from '../names.ts';
import {
  type StateMachineAliasRecord,
  type StateMachineRevisionRecord,
  stateMachineAliasRecords,
  stateMachineRecords,
  stateMachineRevisionRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { noStateMachine, stateMachineDeleting } from '../refusals.ts';
import { refuseLabel } from './find.ts';

/** Compiled machines kept; the one unused longest goes first. */
const keptMachines = 1000;

/** State machines as executions see them: resolved from the ledger, compiled once for each revision. */
export class LedgerMachineCatalog implements CompiledMachines {
  readonly #ledger: Ledger;
  readonly #random: RandomSource;
  readonly #compiled = new Map<string, Machine>();

  constructor(ledger: Ledger, random: RandomSource) {
    this.#ledger = ledger;
    this.#random = random;
  }

  resolve(scope: Scope, stateMachineArn: string): Runnable {
    const named = readArn(scope, stateMachineArn, 'stateMachine', 'version', 'alias');
    if (named.kind === 'stateMachine') refuseLabel(named);
    const machine = this.#ledger.get(stateMachineRecords, scope, named.machine) ?? noStateMachine(stateMachineArn);
    if (machine.status === 'DELETING') stateMachineDeleting(machine.arn);
    switch (named.kind) {
      case 'stateMachine':
        return { revision: this.#stored(scope, machine.revisionId) };
      case 'version':
        return this.#version(scope, stateMachineArn, stateMachineArn);
      case 'alias': {
        const alias = this.#ledger.get(stateMachineAliasRecords, scope, `${named.machine}:${named.alias}`);
        if (!alias) return noStateMachine(stateMachineArn);
        return { ...this.#version(scope, this.#draw(alias), stateMachineArn), stateMachineAliasArn: alias.arn };
      }
    }
  }

  compile(revision: StateMachineRevisionRecord): Machine {
    const machine = this.#compiled.get(revision.name) ?? compileStored(revision);
    this.keep(revision, machine);
    return machine;
  }

  keep(revision: StateMachineRevisionRecord, machine: Machine): void {
    this.#compiled.delete(revision.name);
    this.#compiled.set(revision.name, machine);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > keptMachines && oldest !== undefined) this.#compiled.delete(oldest);
  }

  revision(scope: Scope, revisionId: string): StateMachineRevisionRecord | undefined {
    return this.#ledger.get(stateMachineRevisionRecords, scope, revisionId);
  }

  #version(scope: Scope, arn: string, asked: string): Runnable {
    const { machine, version } = readArn(scope, arn, 'version');
    const record =
      this.#ledger.get(stateMachineVersionRecords, scope, `${machine}:${version}`) ?? noStateMachine(asked);
    return { revision: this.#stored(scope, record.revisionId), stateMachineVersionArn: record.arn };
  }

  #stored(scope: Scope, revisionId: string): StateMachineRevisionRecord {
    const revision = this.revision(scope, revisionId);
    invariant(revision, `revision ${revisionId} is kept while something refers to it`);
    return revision;
  }

  /** The ARN of a version that `alias` routes to, by chance in proportion to the weights. */
  #draw({ routing }: StateMachineAliasRecord): string {
    const [first, second] = routing;
    invariant(first, 'an alias routes to a version');
    const drawn = (Buffer.from(this.#random.bytes(4)).readUInt32BE() / 2 ** 32) * 100;
    return (second && drawn >= first.weight ? second : first).stateMachineVersionArn;
  }
}

/** What was accepted once stays accepted, whatever integrations there are now. */
function compileStored({ name, definition, kind }: StateMachineRevisionRecord): Machine {
  const { machine, diagnostics } = parseDefinition(definition, { type: kind });
  invariant(machine, `revision ${name} no longer parses: ${refusalOf(diagnostics)}`);
  return machine;
}
