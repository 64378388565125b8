import type { QueryLanguage, StateType } from './machine.ts';

type OwnFields = Readonly<Record<QueryLanguage, readonly string[]>>;

const selection = ['InputPath', 'OutputPath'] as const;

/** The fields that states have in one query language only (developer guide, "Transforming data with JSONata"). */
const ownFields: Readonly<Record<StateType | 'ItemBatcher', OwnFields>> = {
  Pass: { JSONPath: [...selection, 'Parameters', 'Result', 'ResultPath'], JSONata: ['Output'] },
  Task: {
    JSONPath: [
      ...selection,
      'Parameters',
      'ResultSelector',
      'ResultPath',
      'TimeoutSecondsPath',
      'HeartbeatSecondsPath',
    ],
    JSONata: ['Arguments', 'Output'],
  },
  Choice: { JSONPath: selection, JSONata: ['Output'] },
  Wait: { JSONPath: [...selection, 'SecondsPath', 'TimestampPath'], JSONata: ['Output'] },
  Succeed: { JSONPath: selection, JSONata: ['Output'] },
  Fail: { JSONPath: ['ErrorPath', 'CausePath'], JSONata: [] },
  Parallel: {
    JSONPath: [...selection, 'Parameters', 'ResultSelector', 'ResultPath'],
    JSONata: ['Arguments', 'Output'],
  },
  Map: {
    JSONPath: [
      ...selection,
      'Parameters',
      'ResultSelector',
      'ResultPath',
      'ItemsPath',
      'MaxConcurrencyPath',
      'ToleratedFailureCountPath',
      'ToleratedFailurePercentagePath',
    ],
    JSONata: ['Items', 'Output'],
  },
  ItemBatcher: { JSONPath: ['MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath'], JSONata: [] },
};

/** AWS's words for a field that the other query language has; undefined when that has none of the name either. */
export function foreignField(owner: keyof typeof ownFields, language: QueryLanguage, name: string): string | undefined {
  const other = language === 'JSONPath' ? 'JSONata' : 'JSONPath';
  if (!ownFields[owner][other].includes(name)) return undefined;
  return `The QueryLanguage is set to '${language}', but field '${name}' is only supported for the '${other}' QueryLanguage`;
}
