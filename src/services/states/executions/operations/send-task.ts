import type {
  SendTaskFailureCommandInput,
  SendTaskFailureCommandOutput,
  SendTaskHeartbeatCommandInput,
  SendTaskHeartbeatCommandOutput,
  SendTaskSuccessCommandInput,
  SendTaskSuccessCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Json, JsonFault, parseJson, verbatim } from '../../../../asl/index.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { anyResource } from '../../access.ts';
import { quotas } from '../../quotas.ts';
import { invalidOutput } from '../../refusals.ts';
import type { ExecutionRuntime } from '../runtime.ts';
import { given } from './shared.ts';

const taskToken = z.string().min(1).max(2048);
const success = z.object({ taskToken, output: z.string() });
const failure = z.object({
  taskToken,
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
const heartbeat = z.object({ taskToken });

/** A worker reports that its task succeeded. */
export const sendTaskSuccess = serviceOperation<
  ExecutionRuntime,
  SendTaskSuccessCommandInput,
  SendTaskSuccessCommandOutput
>()<z.infer<typeof success>>({
  schema: success,
  readOnly: false,
  audit: { kind: 'data', hide: ['output', 'taskToken'] },
  access: anyResource('SendTaskSuccess'),
  handler: async ({ executions }, input) => {
    // AWS looks at the token first (recorded).
    executions.requireToken(input.taskToken);
    const output = parseOutput(input.output);
    const text = verbatim(input.output, output);
    await executions.answer(input.taskToken, { kind: 'success', output, ...(text === undefined ? {} : { text }) });
    return {};
  },
});

function parseOutput(text: string): Json {
  if (Buffer.byteLength(text) > quotas.payloadBytes) {
    return invalidOutput(`output exceeds the maximum number of bytes: ${quotas.payloadBytes}`);
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return invalidOutput(error.javaText);
  }
}

/** A worker reports that its task failed. */
export const sendTaskFailure = serviceOperation<
  ExecutionRuntime,
  SendTaskFailureCommandInput,
  SendTaskFailureCommandOutput
>()<z.infer<typeof failure>>({
  schema: failure,
  readOnly: false,
  audit: { kind: 'data', hide: ['cause', 'error', 'taskToken'] },
  access: anyResource('SendTaskFailure'),
  handler: async ({ executions }, { taskToken: token, ...reason }) => {
    await executions.answer(token, { kind: 'failure', ...given(reason) });
    return {};
  },
});

/** A worker says that it is still at its task: the heartbeat timeout begins anew. */
export const sendTaskHeartbeat = serviceOperation<
  ExecutionRuntime,
  SendTaskHeartbeatCommandInput,
  SendTaskHeartbeatCommandOutput
>()<z.infer<typeof heartbeat>>({
  schema: heartbeat,
  readOnly: false,
  audit: { kind: 'data', hide: ['taskToken'] },
  access: anyResource('SendTaskHeartbeat'),
  handler: async ({ executions }, input) => {
    await executions.answer(input.taskToken, { kind: 'heartbeat' });
    return {};
  },
});
