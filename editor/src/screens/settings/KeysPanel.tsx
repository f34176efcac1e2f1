import type { ApiKey } from '@waybill/api-contract';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast } from '../../ui/toasts.ts';
import { KeyDialog } from './KeyDialog.tsx';
import { roleTitles } from './user-form.ts';

export function KeysPanel() {
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const keys = useApiQuery('listKeys', {});
  const [making, setMaking] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const matching = (items: readonly ApiKey[]) =>
    items.filter((key) => `${key.name} ${key.prefix} ${key.createdBy}`.toLowerCase().includes(text.toLowerCase()));

  const revoke = (key: ApiKey) =>
    setQuestion({
      title: `Revoke “${key.name}”?`,
      about: `Whatever uses the key ${key.prefix}… is turned away from now on. A revoked key cannot be brought back.`,
      confirm: 'Revoke key',
      danger: true,
      perform: async () => {
        await api('revokeKey', { params: { keyId: key.id } });
        await queryClient.invalidateQueries({ queryKey: ['listKeys'] });
        toast(`“${key.name}” is revoked.`);
      },
    });
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>
      New API key
    </Button>
  );
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search keys" value={text} onChange={(q) => setSearch({ q })} />
        <span className="toolbar__end">{add}</span>
      </div>
      <div className="sheet">
        <ListState
          query={keys}
          isEmpty={({ items }) => matching(items).length === 0}
          empty={
            text ? (
              <EmptyState
                icon={KeyRound}
                title="No key matches"
                actions={<Button onClick={() => setSearch({ q: null })}>Show all keys</Button>}
              >
                Try fewer letters.
              </EmptyState>
            ) : (
              <EmptyState icon={KeyRound} title="No program has a key yet">
                With a key, scripts and other systems may call Waybill within the roles you give it.
              </EmptyState>
            )
          }
        >
          {({ items }) => (
            <table className="table">
              <thead>
                <tr>
                  <th>Key</th>
                  <th>Roles</th>
                  <th>Made</th>
                  <th>Last used</th>
                  <th>Valid until</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {matching(items).map((key) => (
                  <tr key={key.id}>
                    <td>
                      <strong>{key.name}</strong>
                      <div className="mono muted">{key.prefix}…</div>
                    </td>
                    <td>{roleTitles(key.roles)}</td>
                    <td className="nowrap">
                      <RelativeTime at={key.createdAt} /> <span className="muted">by {key.createdBy}</span>
                    </td>
                    <td className="muted nowrap">
                      {key.lastUsedAt === null ? 'never' : <RelativeTime at={key.lastUsedAt} />}
                    </td>
                    <td className="nowrap">
                      <Expiry at={key.expiresAt} />
                    </td>
                    <td className="table__actions">
                      <Button small look="danger" onClick={() => revoke(key)} aria-label={`Revoke ${key.name}`}>
                        Revoke
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      {making && <KeyDialog onClose={() => setMaking(false)} />}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function Expiry({ at }: { at: number | null }) {
  if (at === null) return <span className="muted">until revoked</span>;
  return at < Date.now() ? <Badge tone="failed">Expired</Badge> : <span>{new Date(at).toLocaleDateString()}</span>;
}
