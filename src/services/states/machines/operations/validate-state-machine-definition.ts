import type {
  ValidateStateMachineDefinitionCommandInput,
  ValidateStateMachineDefinitionCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { validateDefinition } from '../../../../asl/index.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { anyResource } from '../../access.ts';
import * as shapes from '../../shapes.ts';
import { definitionOptions, requestEvaluator } from '../definition.ts';
import type { MachineRuntime } from '../runtime.ts';

const mostDiagnostics = 100;

const schema = z.object({
  definition: shapes.definition,
  type: shapes.machineType.optional(),
  severity: z.enum(['ERROR', 'WARNING']).optional(),
  maxResults: z.int().min(0).max(mostDiagnostics).optional(),
});

/** Tells all that is wrong with a definition; `WARNING` also what is doubtful. Nothing is created. */
export const validateStateMachineDefinition = serviceOperation<
  MachineRuntime,
  ValidateStateMachineDefinitionCommandInput,
  ValidateStateMachineDefinitionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: { kind: 'management', hide: ['definition'] },
  maxBody: shapes.definitionBody,
  access: anyResource('ValidateStateMachineDefinition'),
  handler: async (runtime, { definition, type = 'STANDARD', severity = 'ERROR', maxResults }) => {
    const options = definitionOptions(type);
    const parsed = await validateDefinition(definition, options, requestEvaluator(runtime));
    const diagnostics = parsed.diagnostics.filter((each) => severity === 'WARNING' || each.severity === 'ERROR');
    const shown = diagnostics.slice(0, maxResults || mostDiagnostics);
    return {
      result: parsed.machine ? 'OK' : 'FAIL',
      diagnostics: shown,
      truncated: shown.length < diagnostics.length,
    };
  },
});
