import type { GetParametersByPathCommandInput, GetParametersByPathCommandOutput, Parameter } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { pageOf } from '../../../core/page.ts';
import { isTrue, textOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { compileFilters, compileLabels, filterList } from '../filters.ts';
import { quotas } from '../limits.ts';
import { isReserved, readPath } from '../names.ts';
import { parameterRequest, ssmOperation } from '../operation.ts';
import { afterKey, type ScanRequest, scanPage } from '../page.ts';
import { findVersion, versionsOf } from '../parameters.ts';
import { publicNamesBelow, publicParameter } from '../public-parameters.ts';
import { type ParameterRecord, parameterRecords } from '../records.ts';
import { invalidToken } from '../refusals.ts';
import type { SsmRuntime } from '../runtime.ts';
import { nextToken, parameterName } from '../shapes.ts';
import { parameterOf } from '../views.ts';

const schema = z.object({
  Path: parameterName,
  Recursive: z.boolean().optional(),
  ParameterFilters: filterList.optional(),
  WithDecryption: z.boolean().optional(),
  MaxResults: z.number().int().min(1).max(quotas.pathPage).optional(),
  NextToken: nextToken.optional(),
});
type Input = z.infer<typeof schema>;

const kind = 'parameters-by-path';

/** The parameters right below a path or anywhere below it, by name; with a filter on labels the versions that have them. */
export const getParametersByPath = ssmOperation<GetParametersByPathCommandInput, GetParametersByPathCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ Path, Recursive }, context) => {
    const path = textOf(Path)?.replace(/(.)\/$/, '$1');
    const conditions = { 'ssm:Recursive': String(isTrue(Recursive)) };
    return [parameterRequest(context, 'GetParametersByPath', path, conditions)];
  },
  handler: (runtime, input, context) => {
    const path = readPath(input.Path);
    const request = { kind, size: input.MaxResults ?? quotas.pathPage, token: input.NextToken || undefined };
    const page = isReserved(path)
      ? publicPage(context, path, input, request)
      : scanPage(
          below(runtime.ledger, context, path, { recursive: input.Recursive === true, after: afterKey(request) }),
          { keyOf: ({ name }) => name, pick: picker(runtime, input) },
          request,
        );
    return { Parameters: [...page.items], ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
  },
});

/** Makes an answer's entry of a parameter; undefined for one that filters keep out. */
function picker(runtime: SsmRuntime, { ParameterFilters = [], WithDecryption = false }: Input) {
  const passes = compileFilters(ParameterFilters, 'byPath');
  const labelled = compileLabels(ParameterFilters);
  return (parameter: ParameterRecord): Parameter | undefined => {
    if (!passes(parameter)) return undefined;
    const version = labelled
      ? versionsOf(runtime.ledger, parameter).find(labelled)
      : findVersion(runtime.ledger, parameter, parameter.version);
    return version && parameterOf(runtime, version, { withDecryption: WithDecryption });
  };
}

function* below(
  ledger: Ledger,
  scope: Scope,
  path: string,
  { recursive, after }: { readonly recursive: boolean; readonly after: string | undefined },
): Generator<ParameterRecord> {
  if (!recursive) {
    yield* ledger.by(parameterRecords, scope, 'parent', { value: path, after });
    return;
  }
  // All names that begin with the path stand together, right behind it; below the root are all there are.
  const isRoot = path === '/';
  for (const parameter of ledger.by(parameterRecords, scope, 'name', { after: after ?? (isRoot ? undefined : path) })) {
    if (!isRoot && !parameter.name.startsWith(path)) return;
    yield parameter;
  }
}

function publicPage(scope: Scope, path: string, { Recursive = false }: Input, request: ScanRequest) {
  const refuse = () => {
    throw invalidToken();
  };
  const page = pageOf(publicNamesBelow(path, Recursive), (name) => name, { ...request, refuse });
  return { ...page, items: page.items.flatMap((name) => publicParameter(scope, name) ?? []) };
}
