import { Entity, PrimaryGeneratedColumn } from 'typeorm';

abstract class Row {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('users')
export class User extends Row {}

@Entity('accounts')
export class Account extends Row {}

@Entity('log_lines')
export class LogLine extends Row {}

@Entity('notes')
export class Note extends Row {}

@Entity('visits')
export class Visit extends Row {}

/** No entity: it lacks the decorator. */
export class Draft extends Row {}
