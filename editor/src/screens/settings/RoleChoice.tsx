import type { Role } from '@waybill/api-contract';
import { roleNames } from '@waybill/api-contract';
import { useId } from 'react';
import { roleWords } from './user-form.ts';

interface RoleChoiceProps {
  value: readonly Role[];
  onChange: (roles: Role[]) => void;
  error?: string | undefined;
  /** Roles one may hand out; default all. */
  offered?: readonly Role[];
}

/** Roles as boxes to tick, each with what it allows. */
export function RoleChoice({ value, onChange, error, offered = roleNames }: RoleChoiceProps) {
  const errorId = useId();
  return (
    <fieldset className="role-choice" aria-describedby={error ? errorId : undefined}>
      <legend className="field__label">Roles</legend>
      {offered.map((role) => (
        <label key={role} className="role-choice__one">
          <input
            type="checkbox"
            checked={value.includes(role)}
            onChange={(event) =>
              onChange(event.target.checked ? [...value, role] : value.filter((other) => other !== role))
            }
          />
          <span>
            <strong>{roleWords[role].title}</strong>
            <span className="muted">{roleWords[role].about}</span>
          </span>
        </label>
      ))}
      {error && (
        <p className="field__error" id={errorId} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
