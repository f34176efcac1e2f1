import type { SavedFilter } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Switch, TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';

interface SaveFilterDialogProps {
  list: SavedFilter['list'];
  /** The filter to keep. */
  search: string;
  /** The saved filter to rename or share; null: a new one. */
  filter: SavedFilter | null;
  onClose: () => void;
}

/** Asks for the name of a filter and who sees it. */
export function SaveFilterDialog({ list, search, filter, onClose }: SaveFilterDialogProps) {
  const mayShare = useMay()('filters.share');
  const [name, setName] = useState(filter?.name ?? '');
  const [shared, setShared] = useState(filter?.shared ?? false);
  const sending = useSending();
  const save = async () => {
    if (filter)
      await api('changeSavedFilter', {
        params: { filterId: filter.id },
        body: { name, ...(mayShare ? { shared } : {}) },
      });
    else await api('saveFilter', { body: { list, name, search, shared } });
    await queryClient.invalidateQueries({ queryKey: ['listSavedFilters'] });
    toast(filter ? 'The filter is changed.' : `“${name.trim()}” is kept.`);
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={filter ? 'Name and sharing' : 'Keep this filter'}
      width={440}
      sending={sending}
      sound={name.trim() !== ''}
      perform={save}
      act={filter ? 'Save' : 'Keep filter'}
      leave="Cancel"
    >
      <TextField
        label="Name"
        value={name}
        maxLength={80}
        placeholder="Failed invoices this week"
        error={sending.tried && name.trim() === '' ? 'Give it a name, so that you find it again.' : undefined}
        onChange={setName}
      />
      {mayShare && <Switch label="Everybody sees it" checked={shared} onChange={setShared} />}
    </FormDialog>
  );
}
