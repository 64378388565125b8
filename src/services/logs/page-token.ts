import { formatPageToken, type PageKey, parsePageToken as parse } from '../../core/page.ts';
import { invalidToken } from './refusals.ts';

export { formatPageToken };

/** The content of a token of this kind. Throws `InvalidParameterException` for any other text. */
export function parsePageToken(kind: string, token: string): PageKey {
  const key = parse(kind, token);
  if (!key) throw invalidToken();
  return key;
}
