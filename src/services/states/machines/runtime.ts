import type { Clock } from '../../../core/clock.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Evaluations } from '../../../evaluation/index.ts';
import type { MayUseRole } from '../../../iam/index.ts';
import type { Ledger } from '../../../store/index.ts';
import type { CompiledMachines, Integrations } from '../contract.ts';
import type { MachineDeletions } from './deletions.ts';

/** What the operations on state machines work with. */
export interface MachineRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Where definitions are checked, and states tested, as far as that could take long. */
  readonly evaluations: Evaluations;
  readonly catalog: CompiledMachines;
  /** Which resources definitions may name, and what TestState calls. */
  readonly integrations: Pick<Integrations, 'checkArguments' | 'start' | 'cancel'>;
  readonly deletions: MachineDeletions;
  /** Asked of roles that state machines are given. */
  readonly mayUse: MayUseRole;
}
