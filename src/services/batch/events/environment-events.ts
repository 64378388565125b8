import { nameOfArn, scopeOf } from '../../../core/arn.ts';
import type { DeliveredFact, Fact } from '../../../store/index.ts';

/** What AWS has no event for: a compute environment changed its status. */
export const environmentEvents = {
  source: 'batchyard.batch',
  detailTypeOf: ({ kind }: Fact) =>
    kind === 'computeEnvironment' ? 'Batch Compute Environment Status Change' : undefined,
  async *eventsOf(facts: readonly DeliveredFact[]) {
    for (const { fact, sequence } of facts) {
      if (fact.kind !== 'computeEnvironment') continue;
      const { computeEnvironmentArn: arn, from, to, reason, at } = fact;
      const detail = {
        ...{ computeEnvironmentArn: arn, computeEnvironmentName: nameOfArn(arn) },
        ...{ status: to ?? 'DELETED', previousStatus: from ?? null, statusReason: reason ?? null },
      };
      yield { ...scopeOf(fact), sequence, index: 0, time: at, resources: [arn], detail };
    }
  },
};
