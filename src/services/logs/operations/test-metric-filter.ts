import type { TestMetricFilterCommandInput, TestMetricFilterCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { demand, listOf, textOf } from '../constraints.ts';
import { logsOperation } from '../operation.ts';
import { compilePattern } from '../patterns/index.ts';

const schema = z.object({ filterPattern: z.string(), logEventMessages: z.array(z.string()) });

/** Says which of some messages a pattern matches, and what it names in them. */
export const testMetricFilter = logsOperation<TestMetricFilterCommandInput, TestMetricFilterCommandOutput>()({
  schema,
  readOnly: true,
  audit: { kind: 'management', hide: ['logEventMessages'] },
  access: () => [{ action: 'logs:TestMetricFilter', resource: '*' }],
  handler: (_runtime, { filterPattern, logEventMessages }) => {
    demand(
      textOf(0, 1024)('filterPattern', filterPattern),
      listOf(1, 50, textOf(1, Number.POSITIVE_INFINITY))('logEventMessages', logEventMessages),
    );
    const { matches, valuesIn } = compilePattern(filterPattern);
    const numbered = logEventMessages.map((eventMessage, index) => ({ eventNumber: index, eventMessage }));
    const matching = numbered.filter(({ eventMessage }) => matches(eventMessage));
    return { matches: matching.map((event) => ({ ...event, extractedValues: { ...valuesIn(event.eventMessage) } })) };
  },
});
