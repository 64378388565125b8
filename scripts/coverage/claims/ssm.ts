import type { SsmOperationName } from '../../../src/services/ssm/index.ts';
import { unbuiltOperations } from '../../../src/services/ssm/unbuilt-operations.ts';
import type { ServiceClaims } from '../claims.ts';

const put = { supported: 'a parameter is put, got, overwritten, described and deleted' };
const named = { supported: 'a parameter is found by name and ARN, with or without a version or label' };
const secure = {
  supported: 'a SecureString is decrypted only when that is asked for, and has a key; no record has any value',
};
const overwritten = {
  supported: 'a parameter is overwritten only when that is asked for, and keeps what is not given anew',
};
const checked = { supported: 'what a version cannot be is refused, and no refusal repeats the value' };
const tiers = {
  supported: 'the tier is the one that is asked for, or as high as the value needs, and never comes down',
};
const many = { supported: 'many parameters are got and deleted at once, and those that are not there are named' };
const paths = { supported: 'a path lists what is right below it or anywhere below, in pages, and nothing beside it' };
const labelled = { supported: 'a path with a filter on labels lists the versions that have them' };
const filters = { supported: 'descriptions are filtered by each key, and have no values' };
const pages = { supported: 'a page looks at a bounded number of parameters, and goes on behind them' };
const history = { supported: 'of a hundred versions the oldest goes, unless it has a label' };
const labels = {
  supported: 'a label is at one version, moves, comes off, and is refused by itself where it breaks a rule',
};
const tags = {
  supported: 'tags of a parameter are added, listed and removed; there are no other resources',
};

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

export const ssmClaims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  AddTagsToResource: { '*': tags },
  DeleteParameter: { '*': many },
  DeleteParameters: { '*': many },
  DescribeParameters: {
    '*': filters,
    MaxResults: pages,
    NextToken: pages,
    Shared: { ...filters, but: 'nobody shares parameters here' },
  },
  GetParameter: { '*': named, WithDecryption: secure },
  GetParameterHistory: { '*': history, WithDecryption: secure },
  GetParameters: { '*': many, WithDecryption: secure },
  GetParametersByPath: { '*': paths, ParameterFilters: labelled, WithDecryption: secure },
  LabelParameterVersion: { '*': labels },
  ListTagsForResource: { '*': tags },
  PutParameter: {
    '*': put,
    Description: overwritten,
    Overwrite: overwritten,
    KeyId: { stored: secure.supported, but: 'values are sealed under the keys of the installation' },
    AllowedPattern: checked,
    DataType: {
      ...checked,
      but: 'what an image or an integration is named by is not looked up',
    },
    Tier: tiers,
    Tags: overwritten,
    Policies: { refused: 'ValidationException: Policies is not supported by this version of Batchyard.' },
  },
  RemoveTagsFromResource: { '*': tags },
  UnlabelParameterVersion: { '*': labels },
} satisfies ServiceClaims<SsmOperationName>;
