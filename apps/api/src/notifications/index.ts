export { MailCatcher, type CaughtMail } from './mail-catcher.js';
export { Mailer, type Mail } from './mailer.js';
export { NotificationsModule } from './notifications.module.js';
export { MailRefusedError } from './mailer.js';
export { SmtpMailer } from './smtp-mailer.js';
