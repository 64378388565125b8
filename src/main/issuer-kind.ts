import { resolve } from 'node:path';
import type { TokenIssuer } from '../services/sts/index.ts';
import { InvalidValue, namedValues, type OptionKind } from './option-kinds.ts';

export interface WrittenIssuer {
  readonly keys?: string;
  readonly audiences?: readonly string[];
}

/** Issuers of tokens by their URL: a JSON object of objects, or `URL=KEYS`, several times. */
export function issuerMap(): OptionKind<
  Readonly<Record<string, WrittenIssuer>> | readonly string[],
  ReadonlyMap<string, TokenIssuer>
> {
  return {
    placeholder: '<issuer url>=<keys file or url>...',
    repeatable: true,
    compile(value, directory) {
      return new Map(namedValues(value).map(([issuer, said]) => [checked(issuer), issuerOf(issuer, said, directory)]));
    },
  };
}

/** As tokens state it and IAM has it. */
function checked(issuer: string): string {
  if (/^https:\/\/[^/\s?#]+(?:\/[^\s?#]*)?$/.test(issuer)) return issuer;
  throw new InvalidValue(`must name issuers by an https URL without a query, not ${issuer}`);
}

function issuerOf(issuer: string, said: unknown, directory: string): TokenIssuer {
  if (typeof said === 'string') return { keys: placeOf(issuer, said, directory) };
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw unfit(issuer);
  const { keys, audiences, ...others } = said as Record<string, unknown>;
  if (typeof keys !== 'string' || keys === '' || Object.keys(others).length > 0) throw unfit(issuer);
  if (audiences === undefined) return { keys: placeOf(issuer, keys, directory) };
  if (!Array.isArray(audiences) || audiences.length === 0) throw unfit(issuer);
  const named = audiences.map((each: unknown) => {
    if (typeof each !== 'string' || each === '') throw unfit(issuer);
    return each;
  });
  return { keys: placeOf(issuer, keys, directory), audiences: named };
}

/** Whoever can change what a plain URL answers is whoever it wants to be. */
function placeOf(issuer: string, keys: string, directory: string): string {
  if (!/^[a-z]+:\/\//i.test(keys)) return resolve(directory, keys);
  const url = URL.parse(keys);
  const isLoopback = url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return keys;
  throw new InvalidValue(`must read the keys of ${issuer} from a file or an https URL, not ${keys}`);
}

function unfit(issuer: string): InvalidValue {
  return new InvalidValue(`must give ${issuer} an object of keys (a file or URL) and audiences (a list of texts)`);
}
