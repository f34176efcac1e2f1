import type { User } from '@waybill/api-contract';
import { Palmtree, Pencil, UserPlus, Users } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button, IconButton } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { usePages } from '../use-pages.ts';
import { UserAbsenceDialog } from './UserAbsenceDialog.tsx';
import { UserDialog } from './UserDialog.tsx';
import { roleWords } from './user-form.ts';

const PAGE_SIZE = 100;

export function UsersPanel() {
  const me = useMe().user;
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const wanted = useDeferredValue(text);
  const [editing, setEditing] = useState<User | 'new' | null>(null);
  const [away, setAway] = useState<User | null>(null);
  const users = usePages<User>(['listUsers', wanted], (cursor) =>
    api('listUsers', {
      query: { limit: PAGE_SIZE, ...(wanted ? { text: wanted } : {}), ...(cursor ? { cursor } : {}) },
    }),
  );
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search people" value={text} onChange={(q) => setSearch({ q })} />
        <span className="toolbar__end">
          <Button look="primary" icon={UserPlus} onClick={() => setEditing('new')}>
            Add person
          </Button>
        </span>
      </div>
      <div className="sheet">
        <ListState
          query={users}
          isEmpty={(items) => items.length === 0}
          empty={
            <EmptyState
              icon={Users}
              title="Nobody matches"
              actions={<Button onClick={() => setSearch({ q: null })}>Show everybody</Button>}
            >
              Names and e-mail addresses are searched.
            </EmptyState>
          }
        >
          {(items) => (
            <table className="table">
              <thead>
                <tr>
                  <th>Person</th>
                  <th>Roles</th>
                  <th>Groups</th>
                  <th>Last seen</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((user) => (
                  <tr key={user.id} className={user.disabled ? 'row--off' : undefined}>
                    <td>
                      <span className="row">
                        <strong>{user.name}</strong>
                        {user.id === me.id && <Badge>You</Badge>}
                        {user.disabled && <Badge tone="failed">May not sign in</Badge>}
                        {user.absence && user.absence.until > Date.now() && (
                          <Badge tone="waiting">away until {new Date(user.absence.until).toLocaleDateString()}</Badge>
                        )}
                      </span>
                      <div className="muted">{user.email}</div>
                    </td>
                    <td>
                      <span className="badges">
                        {user.roles.map((role) => (
                          <Badge key={role} tone={role === 'admin' ? 'accent' : undefined}>
                            {roleWords[role].title}
                          </Badge>
                        ))}
                      </span>
                    </td>
                    <td className="muted">{user.groups.join(', ') || '–'}</td>
                    <td className="muted nowrap">
                      {user.lastSeenAt === null ? 'never' : <RelativeTime at={user.lastSeenAt} />}
                    </td>
                    <td className="table__actions">
                      <IconButton
                        label={`Absence of ${user.name}`}
                        icon={Palmtree}
                        small
                        onClick={() => setAway(user)}
                      />
                      <IconButton label={`Change ${user.name}`} icon={Pencil} small onClick={() => setEditing(user)} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      {users.hasMore && (
        <div className="list-more">
          <Button onClick={users.loadMore} disabled={users.loadingMore}>
            Show more
          </Button>
        </div>
      )}
      {editing !== null && <UserDialog user={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {away && <UserAbsenceDialog user={away} onClose={() => setAway(null)} />}
    </>
  );
}
