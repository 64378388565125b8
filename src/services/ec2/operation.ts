import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { type AccessRequests, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import { givenTagConditions } from '../../core/tags.ts';
import { structuresOf, textOf, type Unvalidated } from '../../core/unvalidated.ts';
import { kindOfId, type ResourceKind, resourceArn } from './names.ts';
import type { Ec2Runtime } from './runtime.ts';
import { flag } from './shapes.ts';

interface Ec2Parts<Input, Output> {
  /** The operation's name. */
  readonly name: string;
  /** Made by `parameters`. */
  readonly schema: z.ZodType<Input>;
  readonly readOnly: boolean;
  /** What it is about: a new resource of a kind, or the one that a parameter names. @default any */
  readonly about?: About;
  /** What is asked, where it is not about one resource. */
  readonly access?: Operation<Input>['access'];
  /** Members that the audit must not see. */
  readonly hides?: readonly [string, ...string[]];
  readonly handler: (runtime: Ec2Runtime, input: Input, context: RequestContext) => Output | Promise<Output>;
}

interface About {
  readonly kind: ResourceKind;
  /** The parameter that holds its id. */
  readonly by?: string;
}

/** The parameters of an operation, and `DryRun`: any other one is refused. */
export function parameters<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, DryRun: flag.optional() });
}

/** Declares an operation of EC2, `ec2Operation<SdkInput, SdkOutput>()({...})(runtime)`. `DryRun` ends a call that would have been made. */
export function ec2Operation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput & { readonly DryRun?: boolean | undefined }>(parts: Ec2Parts<Input, Output>) =>
    (runtime: Ec2Runtime): Operation<Input, Output> => {
      const { name, schema, readOnly, about, hides, handler } = parts;
      return defineOperation<SdkInput, SdkOutput>()<Input>({
        schema,
        readOnly,
        audit: hides ? { kind: 'management', hide: hides } : 'management',
        access: parts.access ?? ((input, context) => accessTo(name, about, input, context)),
        handler: (input, context) => {
          if (input.DryRun) throw new ServiceError('DryRunOperation', dryRun, { status: 412 });
          return handler(runtime, input, context);
        },
      });
    };
}

const dryRun = 'Request would have succeeded, but DryRun flag is set.';

function accessTo(
  name: string,
  about: About | undefined,
  input: Unvalidated<object>,
  context: RequestContext,
): AccessRequests {
  const given: Readonly<Record<string, unknown>> = { ...input };
  const id = about?.by === undefined ? '*' : (textOf(given[about.by]) ?? '*');
  const conditions = givenTagConditions(
    structuresOf(given.TagSpecifications).flatMap(({ Tags }) => structuresOf(Tags)),
  );
  return [
    {
      action: `ec2:${name}`,
      resource: about ? resourceArn(context, about.kind, id) : '*',
      ...(Object.keys(conditions).length > 0 && { conditions }),
    },
  ];
}

/** What is asked about each of the resources that `ids` names. */
export function tagAccess(
  action: string,
  ids: readonly string[],
  tags: unknown,
  context: RequestContext,
): AccessRequests {
  const conditions = givenTagConditions(tags);
  const asked = ids.map((id) => {
    const kind = kindOfId(id);
    return { action, resource: kind ? resourceArn(context, kind, id) : '*', conditions };
  });
  return asked.length > 0 ? asked : [{ action, resource: '*', conditions }];
}
