import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { Tip } from './Tip.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'primary' | 'danger' | 'danger-solid' | 'ghost';
  small?: boolean;
  icon?: LucideIcon;
}

export function Button({ look, small, icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classNames('btn', look && `btn--${look}`, small && 'btn--small', className)}
      {...rest}
    >
      {Icon && <Icon size={small ? 14 : 16} aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** Read out and shown as the tooltip. */
  label: string;
  icon: LucideIcon;
  small?: boolean;
  shortcut?: string;
  look?: ButtonProps['look'];
}

export function IconButton({
  label,
  icon: Icon,
  small,
  shortcut,
  look = 'ghost',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <button
        type="button"
        aria-label={label}
        className={classNames('btn', `btn--${look}`, 'btn--icon', small && 'btn--small', className)}
        {...rest}
      >
        <Icon size={small ? 15 : 17} aria-hidden />
      </button>
    </Tip>
  );
}
