import type { TaskVariables, VariablesRequest } from '../../core/task-variables.ts';

/** What a container can be told of the server. */
export interface Offered {
  /** Of the listener for jobs: `http://127.0.0.1:23456`. */
  readonly url: string;
  /** Where calls go; another secret of the attempt where it is below a path. */
  readonly callsAt: { readonly url: string; readonly isSecret: boolean };
  /** Absent: no credentials. */
  readonly credentials?: { readonly path: string; readonly token: string };
  readonly metadataPath: string;
}

type Variables = Readonly<Record<string, string>>;

/**
 * All of these or none: an SDK takes what it finds of them in an order of its own, and a token of ours must never be sent to
 * the address of a definition.
 */
const credentialVariables = [
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

/** The variables that say nothing of the listener for jobs. */
export function plainVariables(
  { scope, launchType, own }: VariablesRequest,
  s3Endpoint: string | undefined,
): Variables {
  // Some SDKs read the one, some the other: a definition that gives one of them means both.
  const region = own.get('AWS_REGION') || own.get('AWS_DEFAULT_REGION') || scope.region;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
    // A failing credentials endpoint would else cost SDKs a try at the one of EC2.
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(s3Endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: s3Endpoint }),
  };
}

/** The variables that lead to the listener for jobs. */
export function accessVariables(
  { own }: VariablesRequest,
  offered: Offered,
): Pick<TaskVariables, 'environment' | 'secrets'> {
  const { callsAt, url, metadataPath } = offered;
  const credentials = credentialVariables.some((name) => own.has(name)) ? undefined : offered.credentials;
  const calls = { AWS_ENDPOINT_URL: callsAt.url };
  return {
    environment: {
      ...(callsAt.isSecret ? {} : calls),
      // The listener has no name that `sync-` could stand before.
      AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
      ...(credentials && { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${credentials.path}` }),
    },
    secrets: {
      ...(callsAt.isSecret ? calls : {}),
      ...(credentials && { AWS_CONTAINER_AUTHORIZATION_TOKEN: credentials.token }),
      ECS_CONTAINER_METADATA_URI_V4: `${url}${metadataPath}`,
    },
  };
}

/** Less what the definition gives itself: a secret of ours would win over it. */
export function withoutOwn(variables: Variables, own: ReadonlyMap<string, string>): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !own.has(name)));
}
