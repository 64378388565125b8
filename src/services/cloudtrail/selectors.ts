import type { EventSelector } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { dataServices, type FieldCondition, type RecordFilter } from '../../audit/index.ts';
import { present } from '../../core/present.ts';
import type { AdvancedSelector, BasicSelector, StoredSelectors, TrailRecord } from './records.ts';
import { refuse } from './refusals.ts';

const value = z.string().min(1).max(2048);
const values = z.array(value).min(1).max(500);

export const basicSelectors = z
  .array(
    z.object({
      ReadWriteType: z.enum(['All', 'ReadOnly', 'WriteOnly']).optional(),
      IncludeManagementEvents: z.boolean().optional(),
      DataResources: z
        .array(
          z.object({ Type: z.string().max(128).optional(), Values: z.array(z.string().max(2048)).max(250).optional() }),
        )
        .max(250)
        .optional(),
      ExcludeManagementEventSources: z.array(z.string().max(256)).max(50).optional(),
    }),
  )
  .max(5);

export const advancedSelectors = z
  .array(
    z.object({
      Name: z.string().max(1000).optional(),
      FieldSelectors: z
        .array(
          z.object({
            Field: z.string().min(1).max(1000),
            Equals: values.optional(),
            StartsWith: values.optional(),
            EndsWith: values.optional(),
            NotEquals: values.optional(),
            NotStartsWith: values.optional(),
            NotEndsWith: values.optional(),
          }),
        )
        .min(1)
        .max(50),
    }),
  )
  .max(500);

type Basic = z.infer<typeof basicSelectors>;
type Advanced = z.infer<typeof advancedSelectors>;

function invalid(message: string): never {
  return refuse('InvalidEventSelectorsException', message);
}

/** Basic selectors as they are kept. CloudTrail knows data events of three types for them. */
export function readBasic(given: Basic): StoredSelectors {
  if (given.length === 0) invalid('At least one event selector is required.');
  const selectors = given.map(
    (each): BasicSelector => ({
      readWrite: each.ReadWriteType ?? 'All',
      management: each.IncludeManagementEvents ?? true,
      resources: (each.DataResources ?? []).map(({ Type, Values = [] }) => ({ type: basicType(Type), values: Values })),
      excludedSources: each.ExcludeManagementEventSources ?? [],
    }),
  );
  const count = selectors.reduce((sum, { resources }) => sum + resources.flatMap((each) => each.values).length, 0);
  if (count > 250) invalid('A trail may have 250 data resources in its event selectors.');
  for (const source of selectors.flatMap(({ excludedSources }) => excludedSources)) {
    if (!['kms.amazonaws.com', 'rdsdata.amazonaws.com'].includes(source))
      invalid(`${source} cannot be excluded: kms.amazonaws.com and rdsdata.amazonaws.com can.`);
  }
  return { kind: 'basic', selectors };
}

const basicTypes = ['AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::S3::Object'];

function basicType(type = ''): string {
  if (basicTypes.includes(type)) return type;
  return invalid(`${type} is none of ${basicTypes.join(', ')}: other types need advanced event selectors.`);
}

const fields = new Set([
  ...['readOnly', 'eventCategory', 'eventSource', 'eventName', 'eventType', 'resources.type', 'resources.ARN'],
  ...['userIdentity.arn', 'sessionCredentialFromConsole', 'vpcEndpointId', 'errorCode'],
]);
/** Fields of which the value is given whole. */
const wholeFields = new Set(['readOnly', 'eventCategory', 'resources.type']);

/** Advanced selectors as they are kept. */
export function readAdvanced(given: Advanced): StoredSelectors {
  if (given.length === 0) invalid('At least one advanced event selector is required.');
  const selectors = given.map(({ Name, FieldSelectors }): AdvancedSelector => {
    const conditions = FieldSelectors.map(readCondition);
    checkConditions(conditions);
    return { conditions, ...(Name === undefined ? {} : { name: Name }) };
  });
  const count = selectors
    .flatMap(({ conditions }) => conditions)
    .reduce((sum, { field: _, ...lists }) => sum + Object.values(lists).flat().length, 0);
  if (count > 500) invalid('The selectors of a trail may have 500 values together.');
  return { kind: 'advanced', selectors };
}

function readCondition(given: Advanced[number]['FieldSelectors'][number]): FieldCondition {
  const { Field: field, Equals: equals, StartsWith: startsWith, EndsWith: endsWith } = given;
  const { NotEquals: notEquals, NotStartsWith: notStartsWith, NotEndsWith: notEndsWith } = given;
  if (!fields.has(field)) invalid(`${field} is no field of event selectors.`);
  const lists = present({ equals, startsWith, endsWith, notEquals, notStartsWith, notEndsWith });
  if (Object.keys(lists).length === 0) invalid(`The field ${field} has no values.`);
  if (wholeFields.has(field) && Object.keys(lists).some((name) => name !== 'equals'))
    invalid(`The field ${field} takes Equals alone.`);
  return { field, ...lists };
}

function checkConditions(conditions: readonly FieldCondition[]): void {
  const names = conditions.map(({ field }) => field);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) invalid(`The field ${twice} is there twice.`);
  const [category, ...others] = equalsOf(conditions, 'eventCategory') ?? [];
  if (others.length > 0 || (category !== 'Management' && category !== 'Data'))
    invalid('Each selector has one value of eventCategory: Management or Data.');
  if (category === 'Data' && equalsOf(conditions, 'resources.type')?.length !== 1)
    invalid('A selector of data events has one value of resources.type.');
}

function equalsOf(conditions: readonly FieldCondition[], field: string): readonly string[] | undefined {
  return conditions.find((each) => each.field === field)?.equals;
}

const allManagement: BasicSelector = { readWrite: 'All', management: true, resources: [], excludedSources: [] };

/** What a trail wants of the records. */
export function filterOf({ account, region, multiRegion, global, selectors }: TrailRecord): RecordFilter {
  const kept = selectors ?? { kind: 'basic', selectors: [allManagement] };
  const asked =
    kept.kind === 'advanced' ? kept.selectors.map((each) => each.conditions) : kept.selectors.flatMap(conditionsOf);
  return { account, global, selectors: asked, ...(multiRegion ? {} : { region }) };
}

/** Basic selectors say what advanced ones could. */
function conditionsOf(selector: BasicSelector): readonly (readonly FieldCondition[])[] {
  const { readWrite, management, resources, excludedSources } = selector;
  const kind = readWrite === 'All' ? [] : [{ field: 'readOnly', equals: [String(readWrite === 'ReadOnly')] }];
  const but = excludedSources.length === 0 ? [] : [{ field: 'eventSource', notEquals: excludedSources }];
  const ofManagement = [{ field: 'eventCategory', equals: ['Management'] }, ...kind, ...but];
  const ofData = resources.map(({ type, values: starts }) => [
    { field: 'eventCategory', equals: ['Data'] },
    { field: 'resources.type', equals: [type] },
    ...kind,
    // An ARN that ends where all of a service begin means all.
    ...(starts.length === 0 ? [] : [{ field: 'resources.ARN', startsWith: starts }]),
  ]);
  return [...(management ? [ofManagement] : []), ...ofData];
}

/** The services whose data events a trail wants. */
export function wantedServices(trail: TrailRecord): readonly string[] {
  return dataServices(
    filterOf(trail).selectors.flatMap((conditions) =>
      equalsOf(conditions, 'eventCategory')?.[0] === 'Data' ? (equalsOf(conditions, 'resources.type') ?? []) : [],
    ),
  );
}

/** What was put, as it is shown again. */
export function shownSelectors({ selectors }: TrailRecord) {
  if (selectors?.kind === 'advanced') return { AdvancedEventSelectors: selectors.selectors.map(shownAdvanced) };
  return { EventSelectors: (selectors?.selectors ?? [allManagement]).map(shownBasic) };
}

function shownBasic({ readWrite, management, resources, excludedSources }: BasicSelector): EventSelector {
  return {
    ReadWriteType: readWrite,
    IncludeManagementEvents: management,
    DataResources: resources.map(({ type, values: Values }) => ({ Type: type, Values: [...Values] })),
    ExcludeManagementEventSources: [...excludedSources],
  };
}

function shownAdvanced({ name, conditions }: AdvancedSelector) {
  const list = (each: readonly string[] | undefined) => each && [...each];
  const FieldSelectors = conditions.map((each) => ({
    Field: each.field,
    ...present({
      Equals: list(each.equals),
      StartsWith: list(each.startsWith),
      EndsWith: list(each.endsWith),
      NotEquals: list(each.notEquals),
      NotStartsWith: list(each.notStartsWith),
      NotEndsWith: list(each.notEndsWith),
    }),
  }));
  return { ...present({ Name: name }), FieldSelectors };
}
