export { secretsManagerRecords, secretValuesAtRest } from './records.ts';
export { createSecretsManager, type SecretsManagerOperationName } from './service.ts';
