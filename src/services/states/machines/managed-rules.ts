import type { Machine } from '../../../asl/index.ts';
import { partitionOf, type Scope, scopeOf } from '../../../core/arn.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { managedRuleRecords } from '../records.ts';

const ruleName = 'StepFunctionsGetEventsForBatchJobsRule';

/** What AWS has in the rule. The variable is in the environment of every job that a state waits for. */
const eventPattern = JSON.stringify({
  source: ['aws.batch'],
  'detail-type': ['Batch Job State Change'],
  detail: {
    status: ['SUCCEEDED', 'FAILED'],
    container: { environment: { name: ['MANAGED_BY_AWS'], value: ['STARTED_BY_STEP_FUNCTIONS'] } },
  },
});

/**
 * The EventBridge rules that Step Functions keeps in an account and region: that of `batch:submitJob.sync`, from the first
 * state machine on that uses it. Here it only shows: the ends of jobs come from the log of facts.
 */
export function managedRules(ledger: Ledger, scope: Scope) {
  if (!ledger.get(managedRuleRecords, scope, ruleName)) return [];
  const arn = `arn:${partitionOf(scope.region)}:states:${scope.region}:::`;
  return [
    {
      name: ruleName,
      description: 'This rule is used to notify Step Functions regarding AWS Batch jobs',
      eventPattern,
      managedBy: 'states.amazonaws.com',
      targets: [{ id: `${ruleName}-Id`, arn }],
    },
  ];
}

/** Makes the rules that `machine` needs, in the commit that stores its definition. Like AWS's they are kept for ever. */
export function makeManagedRules(ledger: Ledger, transaction: Transaction, scope: Scope, machine: Machine): void {
  if (!waitsForJobs(machine) || ledger.get(managedRuleRecords, scope, ruleName)) return;
  transaction.put(managedRuleRecords, { ...scopeOf(scope), ruleName });
}

function waitsForJobs({ states }: Machine): boolean {
  return [...states.values()].some((state) => {
    const resource = state.type === 'Task' ? state.resource : undefined;
    return resource?.kind === 'service' && resource.service === 'batch' && resource.name === 'submitJob.sync';
  });
}
