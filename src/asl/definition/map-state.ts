import { limits } from '../limits.ts';
import { readDataFlow, readJsonata, readPathField, readPayload } from './data-flow.ts';
import { readCatch, readRetry } from './error-handling.ts';
import { Fields } from './fields.ts';
import { readFlow } from './flow.ts';
import { foreignField } from './language-fields.ts';
import type { ItemBatcher, ItemSource, MapState, QueryLanguage, State, Template } from './machine.ts';
import { readNext } from './next-field.ts';
import { readNumber } from './number-field.ts';
import { readJsonataPayload } from './payload.ts';
import type { InSteps, Reading, StateReading } from './reading.ts';

const distributedOnly = ['ItemReader', 'ResultWriter', 'ItemBatcher', 'Label'];

/** Reads a Map state, in both modes and with the older names `Iterator` and `Parameters`. */
export function* readMap({ name, fields, queryLanguage, reading }: StateReading): InSteps<State> {
  const flow = readDataFlow(fields, queryLanguage, {
    resultSelector: true,
    resultPath: true,
    assign: true,
    result: true,
  });
  const next = readNext(fields);
  const recovery = { retry: readRetry(fields), catch: readCatch(fields, queryLanguage) };
  const processor = yield* readProcessor(fields, reading);
  const items = readItems(fields, queryLanguage);
  const count = { least: 0, most: Number.MAX_SAFE_INTEGER, reference: true };
  const maxConcurrency = readNumber(fields, queryLanguage, 'MaxConcurrency', count);
  const tolerance = readTolerance(fields, queryLanguage);
  const isDistributed = processor.mode === 'DISTRIBUTED';
  // AWS takes it in the INLINE mode too (recorded), where no failure is tolerated.
  const only = isDistributed ? { ...tolerance, ...readDistributed(fields, queryLanguage, reading) } : refuse(fields);
  return {
    name,
    type: 'Map',
    queryLanguage,
    next,
    ...flow,
    ...recovery,
    ...processor,
    items,
    itemSelector: readItemSelector(fields, queryLanguage),
    maxConcurrency,
    ...only,
  };
}

type Processor = Pick<MapState, 'mode' | 'executionType' | 'startAt'>;

function* readProcessor(fields: Fields, reading: Reading): InSteps<Processor> {
  fields.atMostOneOf(['ItemProcessor', 'Iterator']);
  const name = fields.has('Iterator') ? 'Iterator' : 'ItemProcessor';
  const object = fields.object(name, true);
  if (!object) return { mode: 'INLINE', executionType: 'STANDARD', startAt: '' };
  const processor = new Fields(object, fields.locate(name), reading.problems);
  processor.take('Comment');
  const kind = readConfig(processor, reading);
  const startAt = (yield* readFlow(processor, reading)) ?? '';
  processor.finish();
  return { mode: 'INLINE', executionType: 'STANDARD', ...kind, startAt };
}

function readConfig(processor: Fields, reading: Reading): Omit<Processor, 'startAt'> | undefined {
  const object = processor.object('ProcessorConfig');
  if (!object) return undefined;
  const config = new Fields(object, processor.locate('ProcessorConfig'), reading.problems);
  const mode = config.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) ?? 'INLINE';
  const type = config.oneOf('ExecutionType', ['STANDARD', 'EXPRESS']);
  if (mode === 'DISTRIBUTED' && type === undefined && !config.has('ExecutionType')) config.missing('ExecutionType');
  if (mode === 'INLINE' && type !== undefined)
    config.fault('ExecutionType', 'Only the DISTRIBUTED mode has an ExecutionType');
  if (mode === 'DISTRIBUTED' && reading.options.type === 'EXPRESS') {
    config.fault('Mode', 'Express state machine does not support the DISTRIBUTED mode');
  }
  config.finish();
  return { mode, executionType: type ?? 'STANDARD' };
}

function readItems(fields: Fields, language: QueryLanguage): Template | undefined {
  if (language === 'JSONata') {
    const value = fields.take('Items');
    if (value === undefined) return undefined;
    if (typeof value === 'object' || typeof value === 'string') {
      return readJsonataPayload(value, { field: 'Items', at: fields.locate('Items') }, fields.problems);
    }
    fields.fault('Items', 'Expected an Array, an Object or a JSONata expression');
    return undefined;
  }
  const value = fields.take('ItemsPath');
  const path = value === undefined ? undefined : readPathField(fields, 'ItemsPath', value);
  return path && { kind: 'path', path, field: 'ItemsPath' };
}

/** `ItemSelector`, once called `Parameters`. */
function readItemSelector(fields: Fields, language: QueryLanguage): Template | undefined {
  if (language === 'JSONata') return readJsonata(fields, 'ItemSelector', {});
  fields.atMostOneOf(['ItemSelector', 'Parameters']);
  return readPayload(fields, 'ItemSelector') ?? readPayload(fields, 'Parameters');
}

function refuse(fields: Fields): undefined {
  for (const name of distributedOnly) {
    if (!fields.has(name)) continue;
    fields.take(name);
    fields.problems.schema(`Field '${name}' is only supported in the DISTRIBUTED mode`, fields.at);
  }
}

type Tolerance = Pick<MapState, 'toleratedFailureCount' | 'toleratedFailurePercentage'>;

function readTolerance(fields: Fields, language: QueryLanguage): Tolerance {
  const count = { least: 0, most: Number.MAX_SAFE_INTEGER, reference: true };
  const percentage = { least: 0, most: 100, fraction: true, reference: true };
  return {
    toleratedFailureCount: readNumber(fields, language, 'ToleratedFailureCount', count),
    toleratedFailurePercentage: readNumber(fields, language, 'ToleratedFailurePercentage', percentage),
  };
}

type Distributed = Pick<MapState, 'batcher' | 'label' | 'itemReader' | 'resultWriter'>;

function readDistributed(fields: Fields, language: QueryLanguage, reading: Reading): Distributed {
  return {
    batcher: readBatcher(fields, language),
    label: readLabel(fields),
    itemReader: readSource(fields, 'ItemReader', language, reading),
    resultWriter: readSource(fields, 'ResultWriter', language, reading),
  };
}

/** White space, wildcards, brackets, special characters and control characters (developer guide, "Label"). */
const forbiddenInLabels = /[\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]/u;

function readLabel(fields: Fields): string | undefined {
  const label = fields.string('Label');
  if (label === undefined) return undefined;
  if (label.length > limits.labelLength || label === '' || forbiddenInLabels.test(label)) {
    fields.fault('Label', `Value must have at most ${limits.labelLength} characters and no special ones`);
  }
  return label;
}

const batchSizes = [
  'MaxItemsPerBatch',
  'MaxItemsPerBatchPath',
  'MaxInputBytesPerBatch',
  'MaxInputBytesPerBatchPath',
] as const;

function readBatcher(fields: Fields, language: QueryLanguage): ItemBatcher | undefined {
  const object = fields.object('ItemBatcher');
  if (!object) return undefined;
  const batcher = new Fields(object, fields.locate('ItemBatcher'), fields.problems);
  const positive = { least: 1, most: Number.MAX_SAFE_INTEGER, reference: true };
  const maxItems = readNumber(batcher, language, 'MaxItemsPerBatch', positive);
  const maxBytes = readNumber(batcher, language, 'MaxInputBytesPerBatch', {
    least: 1,
    most: limits.payloadBytes,
    reference: true,
  });
  if (!batchSizes.some((name) => batcher.has(name))) {
    fields.problems.schema('One of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]', batcher.at);
  }
  const batchInput =
    language === 'JSONata'
      ? readJsonata(batcher, 'BatchInput', {}, 'ItemBatcher/BatchInput')
      : readPayload(batcher, 'BatchInput');
  batcher.finish((name) => foreignField('ItemBatcher', language, name));
  return { maxItems, maxBytes, batchInput };
}

function readSource(
  fields: Fields,
  name: 'ItemReader' | 'ResultWriter',
  language: QueryLanguage,
  reading: Reading,
): ItemSource | undefined {
  const object = fields.object(name);
  if (!object) return undefined;
  const source = new Fields(object, fields.locate(name), fields.problems);
  const resource = source.string('Resource', name === 'ItemReader');
  const configurationName = name === 'ItemReader' ? 'ReaderConfig' : 'WriterConfig';
  const payload = (field: string) =>
    language === 'JSONata' ? readJsonata(source, field, {}, `${name}/${field}`) : readPayload(source, field);
  const configuration = payload(configurationName);
  const parameters = payload(language === 'JSONata' ? 'Arguments' : 'Parameters');
  source.finish();
  if (!reading.options.objectStore) {
    fields.fault(name, `${name} needs an object store, and none is configured`);
  }
  return { resource, configuration, parameters };
}
