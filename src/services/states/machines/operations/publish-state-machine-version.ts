import type {
  PublishStateMachineVersionCommandInput,
  PublishStateMachineVersionCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import * as shapes from '../../shapes.ts';
import { changeableMachine, currentRevision } from '../find.ts';
import { checkRevision, publishVersion } from '../publishing.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({
  stateMachineArn: shapes.arn,
  revisionId: z.string().optional(),
  description: shapes.description.optional(),
});

/** Publishes the current revision as a version; a revision that has one already gets no second. */
export const publishStateMachineVersion = serviceOperation<
  MachineRuntime,
  PublishStateMachineVersionCommandInput,
  PublishStateMachineVersionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => machineAccess('PublishStateMachineVersion', context, input.stateMachineArn),
  handler: ({ ledger, clock }, { stateMachineArn, revisionId, description }, context) => {
    const machine = changeableMachine(ledger, scopeOf(context), stateMachineArn);
    const revision = currentRevision(ledger, machine);
    checkRevision(revision, revisionId);
    const publication = { machine, revision, description, now: clock.now() };
    const version = ledger.transact((transaction) => publishVersion(ledger, transaction, publication));
    return { stateMachineVersionArn: version.arn, creationDate: new Date(version.createdAt) };
  },
});
