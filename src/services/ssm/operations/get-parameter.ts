import type {
  GetParameterCommandInput,
  GetParameterCommandOutput,
  GetParametersCommandInput,
  GetParametersCommandOutput,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { quotas } from '../limits.ts';
import { parameterAccess, parametersAccess, ssmOperation } from '../operation.ts';
import { readParameter } from '../read-parameter.ts';
import { invalid } from '../refusals.ts';
import type { SsmRuntime } from '../runtime.ts';
import { parameterName } from '../shapes.ts';

export const getParameter = ssmOperation<GetParameterCommandInput, GetParameterCommandOutput>()({
  schema: z.object({ Name: parameterName, WithDecryption: z.boolean().optional() }),
  readOnly: true,
  audit: 'management',
  access: parameterAccess('GetParameter'),
  handler: async (runtime, { Name, WithDecryption = false }, context) => ({
    Parameter: await readParameter(runtime, context, Name, WithDecryption),
  }),
});

/** Those that are there, and the names of those that are not. */
export const getParameters = ssmOperation<GetParametersCommandInput, GetParametersCommandOutput>()({
  schema: z.object({
    Names: z.array(parameterName).min(1).max(quotas.names),
    WithDecryption: z.boolean().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: parametersAccess('GetParameters'),
  handler: async (runtime, { Names, WithDecryption = false }, context) => {
    if (new Set(Names).size < Names.length) throw invalid('Duplicate parameter names are not allowed.');
    const read = await Promise.all(Names.map((name) => readOrUndefined(runtime, context, name, WithDecryption)));
    return {
      Parameters: read.filter((found) => found !== undefined),
      InvalidParameters: Names.filter((_name, index) => read[index] === undefined),
    };
  },
});

const absent = ['ParameterNotFound', 'ParameterVersionNotFound'];

async function readOrUndefined(runtime: SsmRuntime, context: RequestContext, name: string, withDecryption: boolean) {
  try {
    return await readParameter(runtime, context, name, withDecryption);
  } catch (error) {
    if (error instanceof ServiceError && absent.includes(error.code)) return undefined;
    throw error;
  }
}
