import type { MetricUnit } from '../../../core/metric-units.ts';
import { demand, textOf } from '../constraints.ts';
import { quotas } from '../limits.ts';
import { invalidParameter } from '../refusals.ts';
import type { MetricTransformation } from './filter-records.ts';
import { isNumeral } from './metric-values.ts';

/** As a request has it. */
interface Given {
  readonly metricName: string;
  readonly metricNamespace: string;
  readonly metricValue: string;
  readonly defaultValue?: number | undefined;
  readonly dimensions?: Readonly<Record<string, string>> | undefined;
  readonly unit?: MetricUnit | undefined;
}

const nameRule = textOf(1, 255, '[^:*$]*');
const valueRule = textOf(1, 100);
const dimensionRule = textOf(1, 255);
const place = 'metricTransformations.1.member';

/** Throws AWS's errors for what is none. `systemFields` are dimensions, too. */
export function transformationRule(given: Given, systemFields: number): void {
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions = {} } = given;
  demand(
    nameRule(`${place}.metricName`, metricName),
    nameRule(`${place}.metricNamespace`, metricNamespace),
    valueRule(`${place}.metricValue`, metricValue),
    ...Object.entries(dimensions).flatMap(([name, field]) => [
      dimensionRule(`${place}.dimensions.key`, name),
      dimensionRule(`${place}.dimensions.value`, field),
    ]),
  );
  if (/^AWS\//i.test(metricNamespace)) throw invalid(`the namespace ${metricNamespace} is AWS's own`);
  if (!metricValue.startsWith('$') && !isNumeral(metricValue)) throw invalid(`the value ${metricValue} is no number`);
  dimensionsRule(dimensions, systemFields, defaultValue);
}

function dimensionsRule(
  dimensions: Readonly<Record<string, string>>,
  systemFields: number,
  defaultValue: number | undefined,
): void {
  const names = Object.keys(dimensions);
  const count = names.length + systemFields;
  if (count > quotas.filterDimensions) throw invalid(`it has more than ${quotas.filterDimensions} dimensions`);
  if (count > 0 && defaultValue !== undefined) {
    throw invalid('dimensions and default value are mutually exclusive properties.');
  }
  const odd = names.find((name) => !/^(?!:)[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(name));
  if (odd !== undefined) throw invalid(`the name of the dimension ${odd} is not allowed`);
  const field = Object.values(dimensions).find((value) => !value.startsWith('$'));
  if (field !== undefined) throw invalid(`the dimension's value ${field} names no field of the pattern`);
}

/** As it is kept. */
export function readTransformation(given: Given): MetricTransformation {
  const { metricName: name, metricNamespace: namespace, metricValue: value, defaultValue, dimensions, unit } = given;
  return {
    ...{ name, namespace, value },
    ...(defaultValue !== undefined && { defaultValue }),
    ...(dimensions && Object.keys(dimensions).length > 0 && { dimensions }),
    ...(unit !== undefined && { unit }),
  };
}

function invalid(why: string) {
  return invalidParameter(`Invalid metric transformation: ${why}`);
}
