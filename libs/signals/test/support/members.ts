import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  VersionColumn,
  type Relation,
  type ValueTransformer,
} from 'typeorm';

const KEY = randomBytes(32);

/** Encrypts with another vector each time, as libraries for it do. */
export const encrypted: ValueTransformer = {
  to: (value: string | undefined) => {
    if (value === undefined) return value;
    const vector = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', KEY, vector);
    return Buffer.concat([vector, cipher.update(value), cipher.final()]).toString('base64');
  },
  from: (stored: string | undefined) => {
    if (stored === undefined) return stored;
    const raw = Buffer.from(stored, 'base64');
    const decipher = createDecipheriv('aes-256-cbc', KEY, raw.subarray(0, 16));
    return Buffer.concat([decipher.update(raw.subarray(16)), decipher.final()]).toString();
  },
};

export class Code {
  constructor(readonly text: string) {}
  equals(other: unknown): boolean {
    return other instanceof Code && other.text === this.text;
  }
  toString(): string {
    return this.text;
  }
}

const coded: ValueTransformer = {
  to: (code: unknown) => (code instanceof Code ? code.text : code),
  from: (text: unknown) => (typeof text === 'string' ? new Code(text) : text),
};

class Point {
  @Column('int', { nullable: true })
  x!: number | null;

  @Column('int', { nullable: true })
  y!: number | null;
}

export class Address {
  @Column('text', { nullable: true })
  street!: string | null;

  @Column('text', { nullable: true })
  city!: string | null;

  @Column(() => Point)
  at!: Point;
}

@Entity('teams')
export class Team {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('members')
export class Member {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  name!: string;

  @Column('int', { default: 0 })
  visits!: number;

  @Column('text')
  passwordHash!: string;

  @Column('text', { transformer: encrypted })
  ssn!: string;

  @Column('text', { nullable: true })
  bio!: string | null;

  @Column('text', { nullable: true, select: false })
  secret!: string | null;

  @Column('jsonb', { default: {} })
  settings!: { theme?: string };

  @Column('text', { array: true, default: [] })
  tags!: string[];

  @Column('numeric', { default: 0 })
  balance!: string;

  @Column(() => Address)
  address!: Address;

  @Column('int', { nullable: true })
  teamId!: number | null;

  @ManyToOne(() => Team, { nullable: true })
  @JoinColumn({ name: 'teamId' })
  team!: Relation<Team> | null;

  @VersionColumn()
  version!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  greeting(): string {
    return `I am ${this.name}`;
  }
}

@Entity('parcels')
export class Parcel {
  @PrimaryColumn('text', { transformer: coded })
  code!: Code;

  @Column('text', { nullable: true })
  note!: string | null;

  @Column('text')
  place!: string;
}
