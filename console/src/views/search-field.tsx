import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useAddress } from './use-address.ts';

interface SearchFieldProps {
  readonly label: string;
  /** The member of the address that it sets. @default q */
  readonly name?: string;
}

/** What is looked for: the address has it once Enter is pressed, or the field is left. */
export function SearchField({ label, name = 'q' }: SearchFieldProps) {
  const address = useAddress();
  const inAddress = address.get(name);
  const [typed, setTyped] = useState<{ readonly text: string; readonly over: string }>();
  // What was typed over another address is forgotten: back and forward show theirs.
  const value = typed?.over === inAddress ? typed.text : inAddress;
  const look = (text: string) => {
    if (text !== inAddress) address.set({ [name]: text });
  };
  return (
    <Input
      type="search"
      ariaLabel={label}
      placeholder={label}
      value={value}
      onChange={({ detail }) => {
        setTyped({ text: detail.value, over: inAddress });
        if (detail.value === '') look('');
      }}
      onKeyDown={({ detail }) => {
        if (detail.key === 'Enter') look(value);
      }}
      onBlur={() => look(value)}
    />
  );
}
