export { Public } from '../platform/index.js';
export { EmailTakenError } from './accounts.errors.js';
export { AccountsModule } from './accounts.module.js';
export { AccountsService, type Account, type NewAccount } from './accounts.service.js';
export { Passwords } from './passwords.js';
export { Profile } from './profile.entity.js';
export { SessionsService } from './sessions/sessions.service.js';
export { CurrentUser, StaffOnly, type SignedIn } from './sessions/signed-in.js';
export { User, type Role } from './user.entity.js';
