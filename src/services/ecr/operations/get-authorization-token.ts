import type { GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { Milliseconds } from '../../../core/ids.ts';
import { ecrOperation } from '../operation.ts';
import { registryHost } from '../repositories.ts';

/** As on AWS. */
const holdsFor: Milliseconds = 12 * 60 * 60 * 1000;

/** A password of user AWS, of the form that `docker login` takes. No registry is served here that would ask for it. */
export const getAuthorizationToken = ecrOperation<
  GetAuthorizationTokenCommandInput,
  GetAuthorizationTokenCommandOutput
>()({
  schema: z.object({
    registryIds: z
      .array(z.string().regex(/^\d{12}$/))
      .max(10)
      .optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'ecr:GetAuthorizationToken', resource: '*' }],
  handler: ({ random }, { registryIds = [] }, context) => {
    const accounts = registryIds.length > 0 ? registryIds : [context.account];
    const password = Buffer.from(random.bytes(96)).toString('base64');
    return {
      authorizationData: accounts.map((account) => ({
        authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
        expiresAt: new Date(context.now + holdsFor),
        proxyEndpoint: `https://${registryHost(context).replace(context.account, account)}`,
      })),
    };
  },
});
