import type { SavedFilter } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Switch, TextField } from '../../ui/Field.tsx';
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
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (name.trim() === '') return setProblem('Give it a name, so that you find it again.');
    setBusy(true);
    try {
      if (filter)
        await api('changeSavedFilter', {
          params: { filterId: filter.id },
          body: { name, ...(mayShare ? { shared } : {}) },
        });
      else await api('saveFilter', { body: { list, name, search, shared } });
      await queryClient.invalidateQueries({ queryKey: ['listSavedFilters'] });
      toast(filter ? 'The filter is changed.' : `“${name.trim()}” is kept.`);
      onClose();
    } catch (error) {
      const { what, fix } = wordsOf(error);
      setProblem(`${what} ${fix}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={filter ? 'Name and sharing' : 'Keep this filter'}
      width={440}
      onSubmit={() => void save()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {filter ? 'Save' : 'Keep filter'}
          </Button>
        </>
      }
    >
      <div className="stack">
        <TextField
          label="Name"
          value={name}
          maxLength={80}
          placeholder="Failed invoices this week"
          error={problem ?? undefined}
          onChange={setName}
        />
        {mayShare && <Switch label="Everybody sees it" checked={shared} onChange={setShared} />}
      </div>
    </Dialog>
  );
}
