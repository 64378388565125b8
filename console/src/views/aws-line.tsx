import { awsLine } from '../api/aws-line.ts';
import type { Call } from '../api/protocol.ts';
import { CommandLine } from './command-line.tsx';

/** What a call is on the command line. Every act shows it, before it is done. */
export function AwsLine({ call }: { readonly call: Call }) {
  return <CommandLine line={awsLine(call)} />;
}
