import type {
  UpdateSecretVersionStageCommandInput,
  UpdateSecretVersionStageCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { Ledger } from '../../../store/index.ts';
import { secretAccess, secretsOperation } from '../operation.ts';
import { type SecretRecord, secretRecords } from '../records.ts';
import { invalidParameter } from '../refusals.ts';
import { findLiveSecret } from '../secrets.ts';
import { secretId, stage, versionId } from '../shapes.ts';
import { attach, current, detach, holderOf, type Stages } from '../stages.ts';
import { findVersion } from '../versions.ts';

interface Move {
  readonly VersionStage: string;
  readonly RemoveFromVersionId?: string | undefined;
  readonly MoveToVersionId?: string | undefined;
}

/** Moves a staging label to a version, or takes it off one. */
export const updateSecretVersionStage = secretsOperation<
  UpdateSecretVersionStageCommandInput,
  UpdateSecretVersionStageCommandOutput
>()({
  schema: z.object({
    SecretId: secretId,
    VersionStage: stage,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: secretAccess('UpdateSecretVersionStage', { VersionStage: 'VersionStage' }),
  handler: ({ ledger }, input, context) => {
    const secret = findLiveSecret(ledger, context, input.SecretId);
    const stages = moved(ledger, secret, input);
    const changed = { ...secret, stages, changedAt: context.now };
    ledger.transact((transaction) => transaction.put(secretRecords, changed));
    return { ARN: secret.arn, Name: secret.name };
  },
});

function moved(
  ledger: Ledger,
  secret: SecretRecord,
  { VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to }: Move,
): Stages {
  const holder = holderOf(secret.stages, label);
  if (to !== undefined) findVersion(ledger, secret, { VersionId: to });
  if (from !== undefined && holder !== from) throw notThere(label, from, holder);
  if (to !== undefined) {
    if (holder !== undefined && holder !== to && from === undefined) throw mustName(label, holder);
    return attach(secret.stages, to, [label]);
  }
  if (from === undefined) {
    throw invalidParameter('You must specify RemoveFromVersionId, MoveToVersionId, or both.');
  }
  if (label !== current) return detach(secret.stages, label);
  throw invalidParameter(
    `You can only move staging label ${current} to a different secret version. It can't be completely removed.`,
  );
}

/** Reported in terraform-provider-aws issue 19212. */
function mustName(label: string, holder: string) {
  return invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, ` +
      'so you must explicitly reference that version in RemoveFromVersionId.',
  );
}

function notThere(label: string, from: string, holder: string | undefined) {
  const where = holder === undefined ? 'to no version' : `to version ${holder}`;
  return invalidParameter(
    `Staging label ${label} is attached ${where}, not to ${from}, which RemoveFromVersionId names.`,
  );
}
