import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { account, type Account } from '../api/queries.js';
import { Button } from '../parts/button.js';
import { Field } from '../parts/field.js';
import { fieldsOf } from '../parts/fields-of.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';
import { Time } from '../parts/time.js';
import { PasswordForm } from '../session/password-form.js';
import { Sessions } from '../session/sessions.js';

const LABELS = { '/displayName': 'Name', '/bio': 'About you' };

export function AccountPage() {
  const query = useQuery(account);
  return (
    <Page title="Your account">
      <Loaded query={query}>
        {(known) => (
          <>
            <dl class="facts card">
              <dt>E-mail</dt>
              <dd>{known.email}</dd>
              <dt>Since</dt>
              <dd>
                <Time at={known.createdAt} to="date" />
              </dd>
              <dt>Role</dt>
              <dd>{known.role}</dd>
            </dl>
            <ProfileForm profile={known.profile} />
            <PasswordForm />
            <Sessions />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function ProfileForm({ profile }: Pick<Account, 'profile'>) {
  const queries = useQueryClient();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: (body: Account['profile']) => call('patch', '/api/v1/me/profile', { body }),
    onSuccess: (saved) =>
      queries.setQueryData<Account>(
        account.queryKey,
        (known) => known && { ...known, profile: saved },
      ),
  });
  const failure = error ? asFailure(error) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { displayName = '', bio = '' } = fieldsOf(event);
    mutate({ displayName, bio });
  };

  return (
    <form class="card" onSubmit={submit} noValidate>
      <h2>Profile</h2>
      <p class="hint">
        You never filled it in: <code>accounts.createProfile</code> made it when it heard that you
        registered.
      </p>
      <Problem failure={failure} fields={LABELS} />
      <Field
        name="displayName"
        label="Name"
        autocomplete="name"
        defaultValue={profile.displayName}
        error={failure?.about('/displayName')}
      />
      <Field
        name="bio"
        label="About you"
        defaultValue={profile.bio}
        error={failure?.about('/bio')}
      />
      <p class="actions">
        <Button type="submit" busy={isPending && 'Saving…'}>
          Save
        </Button>
        <span role="status">{isSuccess ? 'Saved.' : ''}</span>
      </p>
    </form>
  );
}
