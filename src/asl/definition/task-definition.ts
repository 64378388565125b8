import type { Json } from '../json/json.ts';
import type { QueryLanguage } from './machine.ts';
import type { Resource } from './resource.ts';

/** What a Task state calls. */
export interface TaskDefinition {
  readonly resource: Resource;
  readonly queryLanguage: QueryLanguage;
  /** `Parameters` or `Arguments` as they are written. */
  readonly given: Json | undefined;
}

/** Something wrong in a field of a Task state; in the state itself when no field is named. */
export interface TaskFault {
  readonly field?: 'Resource' | 'Parameters' | 'Arguments';
  readonly message: string;
}
