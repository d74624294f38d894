import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  PrimaryGeneratedColumn,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

@Entity('labels')
export class Label {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('notes')
export class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text', default: '' })
  text!: string;

  @ManyToMany(() => Label)
  @JoinTable()
  labels!: Label[];
}

/** Saves whichever way it is run. */
export class Seeding1700000000000 implements MigrationInterface {
  readonly name = 'Seeding1700000000000';

  async up({ manager }: QueryRunner): Promise<void> {
    await manager.save(Note, {});
  }

  async down({ manager }: QueryRunner): Promise<void> {
    await manager.save(Note, {});
  }
}
