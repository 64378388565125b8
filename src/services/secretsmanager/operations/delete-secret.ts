import type {
  DeleteSecretCommandInput,
  DeleteSecretCommandOutput,
  RestoreSecretCommandInput,
  RestoreSecretCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { type Deletions, removeSecret } from '../deletions.ts';
import { day } from '../limits.ts';
import { secretAccess, secretsOperation } from '../operation.ts';
import { secretRecords } from '../records.ts';
import { invalidParameter, markedForDeletion } from '../refusals.ts';
import { findSecret, lookUpSecret } from '../secrets.ts';
import { secretId } from '../shapes.ts';

const window = { least: 7, most: 30, usual: 30 } as const;

/**
 * Marks a secret for deletion when its recovery window has passed; or takes it away at once, which never fails for one that is
 * not there.
 */
export const deleteSecret = (deletions: Deletions) =>
  secretsOperation<DeleteSecretCommandInput, DeleteSecretCommandOutput>()({
    schema: z.object({
      SecretId: secretId,
      RecoveryWindowInDays: z.number().int().optional(),
      ForceDeleteWithoutRecovery: z.boolean().optional(),
    }),
    readOnly: false,
    audit: 'management',
    access: secretAccess('DeleteSecret', {
      RecoveryWindowInDays: 'RecoveryWindowInDays',
      ForceDeleteWithoutRecovery: 'ForceDeleteWithoutRecovery',
    }),
    handler: ({ ledger }, { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force }, context) => {
      checkWindow(days, force);
      const secret = force ? lookUpSecret(ledger, context, SecretId) : findSecret(ledger, context, SecretId);
      if (!secret) return { Name: SecretId, DeletionDate: new Date(context.now) };
      if (!force && secret.deletedAt !== undefined) throw markedForDeletion();
      const deletedAt = force ? context.now : context.now + (days ?? window.usual) * day;
      ledger.transact((transaction) => {
        if (force) {
          deletions.cancel(transaction, secret);
          removeSecret(ledger, transaction, secret);
        } else {
          transaction.put(secretRecords, { ...secret, deletedAt });
          deletions.schedule(transaction, secret, deletedAt);
        }
      });
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(deletedAt) };
    },
  });

function checkWindow(days: number | undefined, force: boolean | undefined): void {
  if (days === undefined) return;
  if (force) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days >= window.least && days <= window.most) return;
  throw invalidParameter(
    `The RecoveryWindowInDays value must be between ${window.least} and ${window.most} days (inclusive).`,
  );
}

export const restoreSecret = (deletions: Deletions) =>
  secretsOperation<RestoreSecretCommandInput, RestoreSecretCommandOutput>()({
    schema: z.object({ SecretId: secretId }),
    readOnly: false,
    audit: 'management',
    access: secretAccess('RestoreSecret'),
    handler: ({ ledger }, { SecretId }, context) => {
      const { deletedAt: _, ...secret } = findSecret(ledger, context, SecretId);
      ledger.transact((transaction) => {
        transaction.put(secretRecords, secret);
        deletions.cancel(transaction, secret);
      });
      return { ARN: secret.arn, Name: secret.name };
    },
  });
