import type { AccountId } from '../../core/ids.ts';
import { type CommandNames, lateOperations, type ServiceDefinition } from '../../core/operation.ts';
import type { PolicyReads, UserKeys } from '../../iam/index.ts';
import { StoredAccessKeys } from './access-keys.ts';
import { builtOperations } from './built-operations.ts';
import { Changes } from './changes.ts';
import { oidcProviderOf } from './oidc-providers.ts';
import { createOwnRoles, type OwnRoles } from './own-roles.ts';
import type { IamOptions, IamRuntime } from './runtime.ts';
import { StoredPolicies } from './stored-policies.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type IamOperationName = CommandNames<typeof import('@aws-sdk/client-iam')>;

/** IAM, and what it knows for others. */
export interface IamService {
  readonly definition: ServiceDefinition<IamOperationName>;
  /** For who decides. */
  readonly policies: PolicyReads;
  readonly keys: UserKeys;
  readonly roles: OwnRoles;
  /** The identity provider of an issuer of tokens, for STS. */
  readonly providerOf: (account: AccountId, issuer: string) => ReturnType<typeof oidcProviderOf>;
  /** Memory has been filled from the store: nothing that was made of it before is right. */
  refilled(): void;
}

/** AWS Identity and Access Management. */
export function createIam(options: IamOptions): IamService {
  const { ledger, vault } = options;
  const changes = new Changes(options.onChange);
  const policies = new StoredPolicies(ledger, changes);
  return {
    definition: createDefinition({ ...options, changes, policies }),
    policies,
    keys: new StoredAccessKeys(ledger, vault, changes),
    roles: createOwnRoles({ ...options, changes }),
    providerOf: (account, issuer) => oidcProviderOf(ledger, account, issuer),
    refilled: () => changes.everythingChanged(),
  };
}

function createDefinition(runtime: IamRuntime): ServiceDefinition<IamOperationName> {
  return {
    name: 'iam',
    apiVersion: '2010-05-08',
    protocol: {
      kind: 'awsQuery',
      xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      mapMembers: ['EvalDecisionDetails', 'SummaryMap'],
    },
    errors: { validation: 'ValidationError', internal: 'ServiceFailure' },
    operations: {
      ...unbuiltOperations,
      ...lateOperations({
        ...builtOperations,
        load: async () => (await import('./operations/index.ts')).iamOperations(runtime),
      }),
    },
  };
}
