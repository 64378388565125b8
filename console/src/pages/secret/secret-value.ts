/** The value that GetSecretValue answers; one of bytes as it was sent, in base64. */
export function secretValue(answer: unknown): string | undefined {
  const { SecretString, SecretBinary } = answer as { readonly SecretString?: string; readonly SecretBinary?: string };
  return SecretString ?? SecretBinary;
}
