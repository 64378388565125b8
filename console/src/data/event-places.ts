import type {
  ListApiDestinationsCommandOutput,
  ListArchivesCommandOutput,
  ListConnectionsCommandOutput,
  ListReplaysCommandOutput,
  ApiDestination as SdkApiDestination,
  Archive as SdkArchive,
  Connection as SdkConnection,
  Replay as SdkReplay,
} from '@aws-sdk/client-eventbridge';
import { useCall, type Wire } from './use-call.ts';

export type Archive = Wire<SdkArchive>;
export type Replay = Wire<SdkReplay>;
export type ApiDestination = Wire<SdkApiDestination>;
export type Connection = Wire<SdkConnection>;

export function useArchives() {
  return useCall<Wire<ListArchivesCommandOutput>>({ service: 'events', operation: 'ListArchives', input: {} });
}

export function useReplays() {
  return useCall<Wire<ListReplaysCommandOutput>>({ service: 'events', operation: 'ListReplays', input: {} });
}

export function useApiDestinations() {
  const call = { service: 'events', operation: 'ListApiDestinations', input: {} } as const;
  return useCall<Wire<ListApiDestinationsCommandOutput>>(call);
}

export function useConnections() {
  return useCall<Wire<ListConnectionsCommandOutput>>({ service: 'events', operation: 'ListConnections', input: {} });
}
