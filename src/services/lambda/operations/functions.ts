import type {
  FunctionConfiguration,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  ListFunctionsCommandInput,
  ListFunctionsCommandOutput,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { type FunctionSettings, functionArn, logGroupOf } from '../functions.ts';
import { findFunction, functionAccess, lambdaOperation } from '../operation.ts';
import { invalidParameter } from '../refusals.ts';

const named = { FunctionName: z.string().min(1).max(170), Qualifier: z.string().min(1).max(128).optional() };

export const getFunctionConfiguration = lambdaOperation<
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput
>()({
  schema: z.object(named),
  readOnly: true,
  audit: 'management',
  access: functionAccess('GetFunctionConfiguration'),
  handler: (runtime, { FunctionName, Qualifier }, context) =>
    configurationOf(context, findFunction(runtime, context, FunctionName, Qualifier)),
});

export const getFunction = lambdaOperation<GetFunctionCommandInput, GetFunctionCommandOutput>()({
  schema: z.object(named),
  readOnly: true,
  audit: 'management',
  access: functionAccess('GetFunction'),
  handler: (runtime, { FunctionName, Qualifier }, context) => {
    const settings = findFunction(runtime, context, FunctionName, Qualifier);
    const { run } = settings;
    return {
      Configuration: configurationOf(context, settings),
      Code: run.kind === 'url' ? { RepositoryType: 'URL', Location: withoutSecrets(run.url) } : { ImageUri: run.image },
      Concurrency: { ReservedConcurrentExecutions: settings.concurrency },
    };
  },
});

const pageSize = 50;

export const listFunctions = lambdaOperation<ListFunctionsCommandInput, ListFunctionsCommandOutput>()({
  schema: z.object({
    MasterRegion: z.string().optional(),
    FunctionVersion: z.literal('ALL').optional(),
    Marker: z.string().optional(),
    MaxItems: z.coerce.number().int().min(1).max(10_000).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
  handler: ({ functions }, { Marker, MaxItems = pageSize }, context) => {
    const names = [...functions.keys()].sort();
    if (Marker !== undefined && !functions.has(Marker)) throw invalidParameter('Invalid marker.');
    const from = Marker === undefined ? 0 : names.indexOf(Marker) + 1;
    const page = names.slice(from, from + Math.min(MaxItems, pageSize));
    const last = page.at(-1);
    const found = page.flatMap((name) => functions.get(name) ?? []);
    return {
      Functions: found.map((settings) => configurationOf(context, settings)),
      ...(last !== undefined && from + page.length < names.length && { NextMarker: last }),
    };
  },
});

/** What an operator gives a function in its environment is told to nobody. */
function configurationOf(scope: Scope, settings: FunctionSettings): FunctionConfiguration {
  const { name, description = '', run, timeout, deadLetterQueue } = settings;
  return {
    ...{ FunctionName: name, FunctionArn: functionArn(scope, name), Description: description, Version: '$LATEST' },
    ...{ Timeout: Math.ceil(timeout / 1000), State: 'Active', LastUpdateStatus: 'Successful', PackageType: 'Image' },
    ...(run.kind === 'command' && { MemorySize: run.memoryMiB }),
    ...(run.kind === 'command' && run.role !== undefined && { Role: run.role }),
    ...(deadLetterQueue === undefined ? {} : { DeadLetterConfig: { TargetArn: deadLetterQueue } }),
    ...(run.kind === 'command' && { LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf(name) } }),
  };
}

function withoutSecrets(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}
