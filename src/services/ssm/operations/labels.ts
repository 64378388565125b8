import type {
  LabelParameterVersionCommandInput,
  LabelParameterVersionCommandOutput,
  UnlabelParameterVersionCommandInput,
  UnlabelParameterVersionCommandOutput,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { quotas } from '../limits.ts';
import { parameterAccess, ssmOperation } from '../operation.ts';
import { findParameter, findVersion, versionsOf } from '../parameters.ts';
import { type ParameterVersionRecord, parameterVersionRecords } from '../records.ts';
import { tooManyLabels } from '../refusals.ts';
import { parameterName } from '../shapes.ts';

const labelList = z.array(z.string().min(1).max(100)).min(1).max(quotas.labels);

/** The rules of the API reference; a label that breaks one is answered among those that are invalid. */
function isLabel(text: string): boolean {
  return /^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(text) && !/^(aws|ssm)/i.test(text);
}

/** Attaches labels to a version, the newest unless one is named; a label leaves the version that had it. */
export const labelParameterVersion = ssmOperation<
  LabelParameterVersionCommandInput,
  LabelParameterVersionCommandOutput
>()({
  schema: z.object({ Name: parameterName, ParameterVersion: z.number().int().optional(), Labels: labelList }),
  readOnly: false,
  audit: 'management',
  access: parameterAccess('LabelParameterVersion'),
  handler: ({ ledger }, { Name, ParameterVersion, Labels }, context) => {
    const parameter = findParameter(ledger, context, Name);
    const target = findVersion(ledger, parameter, ParameterVersion ?? parameter.version);
    const valid = Labels.filter(isLabel);
    const labels = [...new Set([...target.labels, ...valid])];
    if (labels.length > quotas.labels) throw tooManyLabels();
    const losers = [...versionsOf(ledger, parameter)].filter(
      (each) => each.version !== target.version && each.labels.some((label) => valid.includes(label)),
    );
    ledger.transact((transaction) => {
      for (const each of losers) transaction.put(parameterVersionRecords, without(each, valid));
      if (valid.length > 0) transaction.put(parameterVersionRecords, { ...target, labels });
    });
    return { InvalidLabels: Labels.filter((label) => !isLabel(label)), ParameterVersion: target.version };
  },
});

export const unlabelParameterVersion = ssmOperation<
  UnlabelParameterVersionCommandInput,
  UnlabelParameterVersionCommandOutput
>()({
  schema: z.object({ Name: parameterName, ParameterVersion: z.number().int(), Labels: labelList }),
  readOnly: false,
  audit: 'management',
  access: parameterAccess('UnlabelParameterVersion'),
  handler: ({ ledger }, { Name, ParameterVersion, Labels }, context) => {
    const parameter = findParameter(ledger, context, Name);
    const target = findVersion(ledger, parameter, ParameterVersion);
    const removed = Labels.filter((label) => target.labels.includes(label));
    ledger.transact((transaction) => transaction.put(parameterVersionRecords, without(target, removed)));
    return { RemovedLabels: removed, InvalidLabels: Labels.filter((label) => !removed.includes(label)) };
  },
});

function without(version: ParameterVersionRecord, labels: readonly string[]): ParameterVersionRecord {
  return { ...version, labels: version.labels.filter((label) => !labels.includes(label)) };
}
