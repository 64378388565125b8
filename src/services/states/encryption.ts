import type { EncryptionConfiguration } from '@aws-sdk/client-sfn';
import { invalidEncryption } from './refusals.ts';

/** Checks how keys are named; there is no KMS that could be asked for them, so nothing is encrypted with one. */
export function checkEncryption(configuration: EncryptionConfiguration | undefined): void {
  if (!configuration) return;
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = configuration;
  if (type === 'CUSTOMER_MANAGED_KMS_KEY') {
    if (kmsKeyId === undefined) invalidEncryption(`kmsKeyId must be specified for type ${type}`);
    if (!isKeyReference(kmsKeyId)) invalidEncryption(`kmsKeyId '${kmsKeyId}' is neither a key nor an alias`);
  } else if (kmsKeyId !== undefined || kmsDataKeyReusePeriodSeconds !== undefined) {
    invalidEncryption('kmsKeyId and kmsDataKeyReusePeriodSeconds are only for type CUSTOMER_MANAGED_KMS_KEY');
  }
}

/** An id, an alias, or the ARN of either. */
function isKeyReference(text: string): boolean {
  return /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/\S+|alias\/\S+|(mrk-)?[0-9a-f-]{32,36})$/i.test(text);
}

/** What AWS answers where nothing was asked for. */
export function describeEncryption(configuration: EncryptionConfiguration | undefined): EncryptionConfiguration {
  return configuration ?? { type: 'AWS_OWNED_KEY' };
}
