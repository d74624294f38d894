import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useState } from 'preact/hooks';

interface Props extends InputHTMLAttributes {
  readonly name: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  /** Stands at the end of the input. */
  readonly action?: ComponentChildren;
}

/** An input with its label, its hint and what is wrong with it; its id is its name. */
export function Field({ name, label, hint, error, action, ...input }: Props) {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="input">
        <input
          {...input}
          id={name}
          name={name}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
        />
        {action}
      </div>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="wrong" id={`${name}-error`}>
          {label} {error}.
        </p>
      )}
    </div>
  );
}

export function PasswordField({
  name = 'password',
  label = 'Password',
  ...props
}: Omit<Props, 'type' | 'name' | 'label' | 'action'> & Partial<Pick<Props, 'name' | 'label'>>) {
  const [isShown, setShown] = useState(false);
  return (
    <Field
      {...props}
      name={name}
      label={label}
      type={isShown ? 'text' : 'password'}
      required
      action={
        <button
          type="button"
          class="show"
          aria-pressed={isShown}
          aria-label="Show password"
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Show'}
        </button>
      }
    />
  );
}
