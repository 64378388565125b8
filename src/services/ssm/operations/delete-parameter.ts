import type {
  DeleteParameterCommandInput,
  DeleteParameterCommandOutput,
  DeleteParametersCommandInput,
  DeleteParametersCommandOutput,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { quotas } from '../limits.ts';
import { readSelection } from '../names.ts';
import { parameterAccess, parametersAccess, ssmOperation } from '../operation.ts';
import { findParameter, lookUpParameter, versionsOf } from '../parameters.ts';
import { type ParameterRecord, parameterRecords, parameterVersionRecords } from '../records.ts';
import { parameterName } from '../shapes.ts';

/** With its history, at once. */
export const deleteParameter = ssmOperation<DeleteParameterCommandInput, DeleteParameterCommandOutput>()({
  schema: z.object({ Name: parameterName }),
  readOnly: false,
  audit: 'management',
  access: parameterAccess('DeleteParameter'),
  handler: ({ ledger }, { Name }, context) => {
    const parameter = findParameter(ledger, context, Name);
    ledger.transact((transaction) => removeParameter(ledger, transaction, parameter));
    return {};
  },
});

/** Those that are there, and the names of those that are not. */
export const deleteParameters = ssmOperation<DeleteParametersCommandInput, DeleteParametersCommandOutput>()({
  schema: z.object({ Names: z.array(parameterName).min(1).max(quotas.names) }),
  readOnly: false,
  audit: 'management',
  access: parametersAccess('DeleteParameters'),
  handler: ({ ledger }, { Names }, context) => {
    const found = [...new Set(Names)].map((name) => {
      const selection = readSelection(context, name);
      const isWhole = selection !== undefined && selection.selector === undefined;
      return { name, parameter: isWhole ? lookUpParameter(ledger, context, selection) : undefined };
    });
    ledger.transact((transaction) => {
      for (const { parameter } of found) if (parameter) removeParameter(ledger, transaction, parameter);
    });
    return {
      DeletedParameters: found.flatMap(({ name, parameter }) => (parameter ? [name] : [])),
      InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : [name])),
    };
  },
});

function removeParameter(ledger: Ledger, transaction: Transaction, parameter: ParameterRecord): void {
  for (const version of [...versionsOf(ledger, parameter)]) {
    transaction.delete(parameterVersionRecords, version, parameterVersionRecords.keyOf(version));
  }
  transaction.delete(parameterRecords, parameter, parameter.name);
}
