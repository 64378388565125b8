import type { Scope } from '../../core/arn.ts';
import { formatPageToken, type Page, parsePageToken } from '../../core/page.ts';
import { scanPage } from '../../core/scan-page.ts';
import type { Ledger } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { placeBy, type SecretOrder, type SecretRecord, secretRecords } from './records.ts';
import { invalidToken } from './refusals.ts';

/** What a list of secrets is ordered by; the name decides between equals. */
export interface SortOrder {
  readonly by: SecretOrder;
  readonly descending: boolean;
}

export interface SecretPageRequest {
  readonly order: SortOrder;
  readonly size: number;
  readonly token: string | undefined;
  readonly passes: (secret: SecretRecord) => boolean;
}

const kind = 'secrets';

/**
 * A page of the secrets of a scope, in an order. A token says behind which place the next one begins, so it outlives changes.
 * As on AWS a page may have fewer secrets than there are, or none, and a token: `quotas.lookedAt` are looked at for it.
 */
export function secretPage(ledger: Ledger, scope: Scope, request: SecretPageRequest): Page<SecretRecord> {
  const { order, size, token, passes } = request;
  const after = token === undefined ? undefined : readToken(token, order);
  const secrets = ledger.by(secretRecords, scope, order.by, { after, descending: order.descending });
  const pick = (secret: SecretRecord) => (passes(secret) ? secret : undefined);
  const page = scanPage(secrets, { placeOf: placeBy[order.by], pick, size, lookedAt: quotas.lookedAt });
  if (page.after === undefined) return { items: page.items };
  return { items: page.items, nextToken: formatPageToken(kind, { ...order, after: page.after }) };
}

function readToken(token: string, { by, descending }: SortOrder): string {
  const key = parsePageToken(kind, token);
  if (!key || key.by !== by || key.descending !== descending || typeof key.after !== 'string') throw invalidToken();
  return key.after;
}
