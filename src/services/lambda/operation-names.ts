import type { CommandNames } from '../../core/operation.ts';

export type LambdaOperationName = CommandNames<typeof import('@aws-sdk/client-lambda')>;
