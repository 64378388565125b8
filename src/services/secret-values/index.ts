export {
  createSecretValues,
  type SecretReader,
  type SecretsRequest,
  type SecretValues,
  type SecretValuesOptions,
} from './secret-values.ts';
export type { RegistryLogin, ResolvedLogin, ResolvedSecret } from './select.ts';
