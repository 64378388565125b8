import type { GetRandomPasswordCommandInput, GetRandomPasswordCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { anyResource, secretsOperation } from '../operation.ts';
import { randomPassword } from '../random-password.ts';

/** Kept nowhere. */
export const getRandomPassword = secretsOperation<GetRandomPasswordCommandInput, GetRandomPasswordCommandOutput>()({
  schema: z.object({
    PasswordLength: z.number().int().min(1).max(4096).optional(),
    ExcludeCharacters: z.string().max(4096).optional(),
    ExcludeNumbers: z.boolean().optional(),
    ExcludePunctuation: z.boolean().optional(),
    ExcludeUppercase: z.boolean().optional(),
    ExcludeLowercase: z.boolean().optional(),
    IncludeSpace: z.boolean().optional(),
    RequireEachIncludedType: z.boolean().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: anyResource('GetRandomPassword'),
  handler: ({ random }, input) => ({ RandomPassword: randomPassword(input, random) }),
});
