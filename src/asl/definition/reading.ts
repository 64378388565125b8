import type { JsonObject } from '../json/json.ts';
import type { Fields } from './fields.ts';
import type { QueryLanguage, State } from './machine.ts';
import type { Problems } from './problems.ts';
import type { TaskDefinition, TaskFault } from './task-definition.ts';

/** What the host can do, as far as it decides which definitions are accepted. */
export interface DefinitionOptions {
  /** Express workflows cannot wait for jobs, callbacks or activities. Default `STANDARD`. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** Whether an object store exists that `ItemReader` and `ResultWriter` can use. Default false: they are refused. */
  readonly objectStore?: boolean;
  /** What is wrong with what a Task state calls, and with what it is given. Default: nothing is. */
  readonly checkTask?: (task: TaskDefinition) => Promise<readonly TaskFault[]>;
  /** Lets others have their turn, each time that `bounds.statesInTurn` states were looked at. Default: nobody waits. */
  readonly nextTurn?: () => Promise<void>;
}

/** Work that is done in steps, each of which looks at one state: whoever takes them says when others have their turn. */
export type InSteps<Result> = Generator<void, Result>;

/** What is known while a definition is read. */
export interface Reading {
  readonly problems: Problems;
  readonly options: DefinitionOptions;
  readonly queryLanguage: QueryLanguage;
  /** All states read so far, by name. */
  readonly states: Map<string, State>;
  /** Where each state name was first seen, to report a second one. */
  readonly places: Map<string, string>;
  /** Reads one state. A field, so that flows and states, which contain each other, need not import each other. */
  readonly readState: (name: string, object: JsonObject, at: string, reading: Reading) => InSteps<State | undefined>;
}

/** What the reader of one type of state is given. */
export interface StateReading {
  readonly name: string;
  readonly fields: Fields;
  readonly queryLanguage: QueryLanguage;
  readonly reading: Reading;
}
