import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ComponentType } from 'react';
import type { RowsField } from '../fields/field.ts';
import type { Input } from '../fields/path.ts';
import { useText } from '../messages/text-context.tsx';
import type { FieldProps, ValueProps } from './field-props.ts';

const mostColumns = 4;

interface RowsValueProps extends ValueProps<RowsField> {
  /** Shows a field of a row: whoever shows rows is shown by it. */
  readonly FieldView: ComponentType<FieldProps>;
}

/** Objects, each with its own fields; with an order they are moved up and down. */
export function RowsValue({ field, value, onValue, facts, path, FieldView }: RowsValueProps) {
  const text = useText();
  const rows = Array.isArray(value) ? (value as readonly Input[]) : [];
  const set = (next: readonly Input[]) => onValue(next.length === 0 ? undefined : counted(field, next));
  return (
    <SpaceBetween size="s">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place.
        <Box key={index}>
          <SpaceBetween size="xs">
            <ColumnLayout columns={Math.min(field.fields.length, mostColumns)}>
              {field.fields.map((each) => (
                <FieldView
                  key={each.path}
                  field={each}
                  scope={row}
                  prefix={`${path}[${index}].`}
                  facts={facts}
                  onScope={(next) => set(rows.with(index, next))}
                />
              ))}
            </ColumnLayout>
            {facts.problemAt(`${path}[${index}]`) && (
              <Box color="text-status-error">{text(facts.problemAt(`${path}[${index}]`)?.message ?? '')}</Box>
            )}
            <RowActs field={field} rows={rows} index={index} onRows={set} />
          </SpaceBetween>
        </Box>
      ))}
      <Button
        iconName="add-plus"
        disabled={field.most !== undefined && rows.length >= field.most}
        onClick={() => set([...rows, field.start ?? {}])}
      >
        {text(field.add)}
      </Button>
    </SpaceBetween>
  );
}

/** Each with its place, where rows have an order. */
function counted({ order }: RowsField, rows: readonly Input[]): readonly Input[] {
  return order === undefined ? rows : rows.map((row, index) => ({ ...row, [order]: index + 1 }));
}

interface RowActsProps {
  readonly field: RowsField;
  readonly rows: readonly Input[];
  readonly index: number;
  readonly onRows: (rows: readonly Input[]) => void;
}

function RowActs({ field, rows, index, onRows }: RowActsProps) {
  const text = useText();
  const what = `${text(field.label)} ${index + 1}`;
  const moved = (by: -1 | 1) => {
    const [here, there] = [rows[index], rows[index + by]];
    if (here && there) onRows(rows.with(index, there).with(index + by, here));
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {field.order !== undefined && (
        <>
          <Button
            iconName="angle-up"
            variant="icon"
            disabled={index === 0}
            ariaLabel={text('form.move-up', { what })}
            onClick={() => moved(-1)}
          />
          <Button
            iconName="angle-down"
            variant="icon"
            disabled={index === rows.length - 1}
            ariaLabel={text('form.move-down', { what })}
            onClick={() => moved(1)}
          />
        </>
      )}
      <Button
        ariaLabel={text('form.remove', { what })}
        onClick={() => onRows(rows.filter((_row, place) => place !== index))}
      >
        {text('form.remove-row')}
      </Button>
    </SpaceBetween>
  );
}
