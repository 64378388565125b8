import type {
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput,
  _InstanceType as Name,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { InstanceType, InstanceTypes } from '../../../instance-types/index.ts';
import { instanceTypeFilters, instanceTypeView } from '../instance-types.ts';
import { listPage } from '../listing.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { demand, refusal } from '../refusals.ts';
import { listed, openName } from '../shapes.ts';

/** Of a page, and of types that a call may name. */
const page = { least: 5, most: 100 };

/** The types of the catalogue. */
export const describeInstanceTypes = ec2Operation<
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput
>()({
  name: 'DescribeInstanceTypes',
  schema: parameters({ ...listed, InstanceTypes: z.array(openName<Name>()).max(page.most).optional() }),
  readOnly: true,
  handler: ({ ledger, instanceTypes }, input, context) => {
    const types = instanceTypes();
    const { MaxResults = page.most, InstanceTypes: names = [] } = input;
    checkPage(MaxResults);
    if (names.length > 0 && input.MaxResults !== undefined) {
      throw refusal(
        'InvalidParameterCombination',
        'The parameter MaxResults cannot be used with the parameter InstanceTypes',
      );
    }
    const { records, ...rest } = listPage<InstanceType>(
      {
        ...{ kind: 'DescribeInstanceTypes', ledger, scope: context, filters: instanceTypeFilters },
        named: names.length > 0 ? findAll(types, names) : undefined,
        after: (after) => typesAfter(types, after),
        keyOf: ({ name }) => name,
        // A type has no tags: nothing has an empty id.
        idOf: () => '',
      },
      { ...input, MaxResults },
    );
    return { InstanceTypes: records.map(instanceTypeView), ...rest };
  },
});

function checkPage(size: number): void {
  demand(
    size >= page.least && size <= page.most,
    `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value from ${page.least} to ${page.most}.`,
  );
}

/** The words: scylladb/scylla-cluster-tests issue 12419. */
function findAll({ all }: InstanceTypes, names: readonly string[]): readonly InstanceType[] {
  const unknown = names.filter((name) => !all.has(name));
  if (unknown.length === 0) return [...new Set(names)].flatMap((name) => all.get(name) ?? []);
  const list = [...new Set(unknown)].join(', ');
  throw refusal('InvalidInstanceType', `The following supplied instance types do not exist: [${list}]`);
}

function* typesAfter({ all }: InstanceTypes, after: string | undefined): Iterable<InstanceType> {
  for (const [name, type] of all) if (after === undefined || name > after) yield type;
}
