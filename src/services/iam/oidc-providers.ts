import type { AccountId, Arn } from '../../core/ids.ts';
import type { Ledger } from '../../store/index.ts';
import { iamScope, type OidcProviderRecord, oidcProviderRecords } from './records.ts';
import { noSuchEntity } from './refusals.ts';

/** `https://` and what stands for the provider: a host, and a path if its issuer has one. */
const issuerUrl = /^https:\/\/([^/\s?#]+(?:\/[^\s?#]*)?)$/;

/** What a provider is called of whose issuer this is the URL; undefined for what is none. */
export function providerName(url: string): string | undefined {
  return issuerUrl.exec(url)?.[1];
}

export function oidcProviderArn({ account, name }: Pick<OidcProviderRecord, 'account' | 'name'>): Arn {
  return `arn:aws:iam::${account}:oidc-provider/${name}` as Arn;
}

export function findOidcProvider(ledger: Ledger, account: AccountId, arn: string): OidcProviderRecord | undefined {
  const beginning = oidcProviderArn({ account, name: '' });
  return arn.startsWith(beginning) ? providerNamed(ledger, account, arn.slice(beginning.length)) : undefined;
}

/** Throws `NoSuchEntity`. */
export function demandOidcProvider(ledger: Ledger, account: AccountId, arn: string): OidcProviderRecord {
  const found = findOidcProvider(ledger, account, arn);
  if (!found) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return found;
}

/** What STS knows of the provider of an issuer. */
export function oidcProviderOf(ledger: Ledger, account: AccountId, issuer: string) {
  const name = providerName(issuer);
  const found = name === undefined ? undefined : providerNamed(ledger, account, name);
  return found && { arn: oidcProviderArn(found), name: found.name, clientIds: found.clientIds };
}

function providerNamed(ledger: Ledger, account: AccountId, name: string): OidcProviderRecord | undefined {
  return ledger.get(oidcProviderRecords, iamScope(account), name);
}
