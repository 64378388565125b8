import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { RecordedCall } from '../../data/audit.ts';
import { JsonText } from '../../views/json-text.tsx';
import { readRecord } from './read-record.ts';

/** A call by its name; opened, the whole of its record. */
export function WholeRecord({ call: { EventName = '', CloudTrailEvent } }: { readonly call: RecordedCall }) {
  return (
    <ExpandableSection headerText={EventName}>
      <JsonText value={readRecord(CloudTrailEvent).whole} />
    </ExpandableSection>
  );
}
