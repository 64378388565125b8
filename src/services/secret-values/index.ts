export {
  createSecretValues,
  type ResolvedSecret,
  type SecretRequest,
  type SecretValues,
  type SecretValuesOptions,
} from './secret-values.ts';
