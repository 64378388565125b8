import {
  isExpression,
  type Json,
  type JsonObject,
  type Resource,
  type TaskDefinition,
  type TaskFault,
} from '../../../asl/index.ts';
import { inputProblems, type Unknowns } from './check-input.ts';
import { findIntegration } from './integration.ts';

/**
 * What AWS finds wrong with what a Task state calls, when its state machine is created: a resource that there is not (whether it is
 * served here, is seen when it is called), and parameters that do not fit.
 *
 * Words: the resource's and "Parameters field is required for resource ARN: ..." are users' and public measurements of AWS.
 */
export async function taskFaults({ resource, queryLanguage, given }: TaskDefinition): Promise<readonly TaskFault[]> {
  if (resource.kind !== 'service') return [];
  const integration = await findIntegration(resource);
  if (!integration) return [{ field: 'Resource', message: unrecognised(resource) }];
  const field = queryLanguage === 'JSONata' ? 'Arguments' : 'Parameters';
  if (given === undefined) return [{ message: `${field} field is required for resource ARN: ${resource.arn}` }];
  const unknowns = queryLanguage === 'JSONata' ? expressions : paths;
  if (unknowns.isUnknown(given)) return [];
  if (!isObject(given)) return [{ field, message: `The value for the field '${field}' must be an OBJECT` }];
  return inputProblems(integration, given, unknowns).map((message) => ({ field, message }));
}

/** What is wrong with the arguments that a task is about to be called with, a sentence for each thing. */
export async function argumentProblems(resource: Resource, given: Json): Promise<readonly string[]> {
  const integration = resource.kind === 'service' ? await findIntegration(resource) : undefined;
  // Of a resource that is none its call tells.
  if (!integration) return [];
  return isObject(given) ? inputProblems(integration, given) : ['The parameters must be a JSON object'];
}

/** A field that AWS has not is seen at run time only where its value is a path (users' reports). */
const paths: Unknowns = {
  member: (key) => (key.endsWith('.$') ? { name: key.slice(0, -2), isUnknown: true } : { name: key, isUnknown: false }),
  isUnknown: () => false,
};

const expressions: Unknowns = {
  member: (key) => ({ name: key, isUnknown: false }),
  isUnknown: (value) => typeof value === 'string' && isExpression(value),
};

function unrecognised({ arn }: Resource): string {
  return (
    `The resource provided ${arn} is not recognized. ` +
    'The value is not a valid resource ARN, or the resource is not available in this region.'
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
