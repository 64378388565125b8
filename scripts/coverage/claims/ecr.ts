import type { EcrOperationName } from '../../../src/services/ecr/index.ts';
import { unbuiltOperations } from '../../../src/services/ecr/unbuilt-operations.ts';
import type { ServiceClaims } from '../claims.ts';

const repositories = { supported: "repositories are those of the account's registry of which an image is here" };
const images = { supported: 'images are listed by digest and tag, and described with all of their tags' };
const unpacked = { supported: 'manifests and layers cannot be got, for images are kept unpacked' };
const missing = { supported: 'what is not here is refused by every call about a repository' };
const token = {
  supported: 'an authorization token is a password of user AWS for twelve hours, and never the same',
  but: 'no registry is served that would ask for it',
};

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

export const ecrClaims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  BatchCheckLayerAvailability: { '*': unpacked, registryId: missing },
  BatchGetImage: { '*': unpacked, registryId: missing, acceptedMediaTypes: { ignored: 'no manifest can be got' } },
  DescribeImages: { '*': images, registryId: missing },
  DescribeRepositories: { '*': repositories },
  GetAuthorizationToken: { '*': token },
  GetDownloadUrlForLayer: { '*': unpacked, registryId: missing },
  ListImages: { '*': images, registryId: missing },
} satisfies ServiceClaims<EcrOperationName>;
