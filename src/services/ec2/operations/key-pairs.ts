import type {
  DeleteKeyPairCommandInput,
  DeleteKeyPairCommandOutput,
  DescribeKeyPairsCommandInput,
  DescribeKeyPairsCommandOutput,
  ImportKeyPairCommandInput,
  ImportKeyPairCommandOutput,
  KeyPairInfo,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { newId } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { readPublicKey } from '../public-key.ts';
import { type KeyPairRecord, keyPairRecords } from '../records.ts';
import { checkRoom, demand, notFound, refusal } from '../refusals.ts';
import { bytes, flag, listed, tagSpecifications, texts } from '../shapes.ts';
import { putTags, specifiedTags, tagSet } from '../tags.ts';

export const importKeyPair = ec2Operation<ImportKeyPairCommandInput, ImportKeyPairCommandOutput>()({
  name: 'ImportKeyPair',
  schema: parameters({
    KeyName: z.string(),
    PublicKeyMaterial: bytes,
    TagSpecifications: tagSpecifications.optional(),
  }),
  readOnly: false,
  about: { kind: 'key-pair' },
  handler: ({ ledger, random }, { KeyName: name, PublicKeyMaterial, TagSpecifications }, context) => {
    const scope = scopeOf(context);
    demand(/^[\x20-\x7e]{1,255}$/.test(name), `Value (${name}) for parameter KeyName is invalid.`);
    const key = readPublicKey(Buffer.from(PublicKeyMaterial).toString('latin1'));
    const tags = specifiedTags(TagSpecifications, 'key-pair');
    if (ledger.get(keyPairRecords, scope, name))
      throw refusal('InvalidKeyPair.Duplicate', 'The keypair already exists');
    checkRoom(ledger.count(keyPairRecords, scope), limits.keyPairs, 'KeyPairLimitExceeded', 'key pairs');
    const pair = { ...scope, id: newId('key', random), name, ...key, createdAt: context.now };
    ledger.transact((transaction) => {
      transaction.put(keyPairRecords, pair);
      putTags(transaction, scope, pair.id, tags);
    });
    const { id, fingerprint } = pair;
    return { KeyName: name, KeyPairId: id, KeyFingerprint: fingerprint, Tags: tagSet(ledger, scope, id) };
  },
});

const filters = {
  fingerprint: ({ fingerprint }: KeyPairRecord) => fingerprint,
  'key-name': ({ name }: KeyPairRecord) => name,
  'key-pair-id': ({ id }: KeyPairRecord) => id,
};

export const describeKeyPairs = ec2Operation<DescribeKeyPairsCommandInput, DescribeKeyPairsCommandOutput>()({
  name: 'DescribeKeyPairs',
  schema: parameters({
    Filters: listed.Filters,
    KeyNames: texts.optional(),
    KeyPairIds: texts.optional(),
    IncludePublicKey: flag.optional(),
  }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const byId = (id: string) => pairById(ledger, context, id) ?? missingPairId(id);
    const { records } = listPage<KeyPairRecord>(
      {
        ...{ kind: 'DescribeKeyPairs', ledger, scope: context, filters },
        named: namedRecords(input.KeyNames, (name) => pairByName(ledger, context, name)) ??
          namedRecords(input.KeyPairIds, byId) ?? [...ledger.by(keyPairRecords, context, 'name')],
        after: () => [],
        keyOf: ({ name }) => name,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { KeyPairs: records.map((pair) => pairView(ledger, pair, input.IncludePublicKey === true)) };
  },
});

function pairByName(ledger: Ledger, scope: Scope, name: string): KeyPairRecord {
  const pair = ledger.get(keyPairRecords, scope, name);
  if (!pair) throw notFound('key-pair', name);
  return pair;
}

function pairById(ledger: Ledger, scope: Scope, id: string): KeyPairRecord | undefined {
  const [pair] = ledger.by(keyPairRecords, scope, 'id', { value: id });
  return pair;
}

function missingPairId(id: string): never {
  throw refusal('InvalidKeyPair.NotFound', `The key pair ID '${id}' does not exist`);
}

function pairView(ledger: Ledger, pair: KeyPairRecord, withKey: boolean): KeyPairInfo {
  const { id, name, type, fingerprint, publicKey, createdAt } = pair;
  return {
    KeyPairId: id,
    KeyName: name,
    KeyType: type,
    KeyFingerprint: fingerprint,
    CreateTime: new Date(createdAt),
    ...(withKey ? { PublicKey: publicKey } : {}),
    Tags: tagSet(ledger, pair, id),
  };
}

/** A pair that is not there is no error, as on AWS. */
export const deleteKeyPair = ec2Operation<DeleteKeyPairCommandInput, DeleteKeyPairCommandOutput>()({
  name: 'DeleteKeyPair',
  schema: parameters({ KeyName: z.string().optional(), KeyPairId: z.string().optional() }),
  readOnly: false,
  about: { kind: 'key-pair', by: 'KeyName' },
  handler: ({ ledger }, { KeyName, KeyPairId }, context) => {
    if (KeyName === undefined && KeyPairId === undefined)
      throw refusal('MissingParameter', 'The request must contain the parameter KeyName or KeyPairId');
    const pair =
      KeyName === undefined ? pairById(ledger, context, KeyPairId ?? '') : ledger.get(keyPairRecords, context, KeyName);
    if (!pair) return { Return: true };
    ledger.transact((transaction) => {
      transaction.delete(keyPairRecords, context, pair.name);
      putTags(transaction, context, pair.id, {});
    });
    return { Return: true, KeyPairId: pair.id };
  },
});
