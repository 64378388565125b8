import type { AnsweredCall } from '../gateway/index.ts';
import type { OwnValue } from '../services/cloudwatch/index.ts';

/** What AWS calls services whose calls it counts. */
const serviceNames: ReadonlyMap<string, string> = new Map([
  ['batch', 'Batch'],
  ['states', 'States'],
  ['monitoring', 'CloudWatch'],
]);

/** Counts calls as the metric `CallCount` of `AWS/Usage`, by operation. */
export function callMetrics(count: (value: OwnValue) => void): (call: AnsweredCall) => void {
  return ({ account, region, service, operation }) => {
    const Service = serviceNames.get(service);
    if (Service === undefined) return;
    const dimensions = { Type: 'API', Resource: operation, Service, Class: 'None' };
    count({ account, region, namespace: 'AWS/Usage', name: 'CallCount', dimensions, value: 1 });
  };
}
