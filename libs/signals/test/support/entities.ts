import {
  Column,
  DeleteDateColumn,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';

@Entity('authors')
export class Author {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text', unique: true })
  name!: string;

  @Column({ type: 'text', nullable: true })
  bio!: string | null;

  @Column({ type: 'text', nullable: true, select: false })
  secret!: string | null;

  @OneToMany(() => Book, (book) => book.author, { cascade: true })
  books!: Relation<Book>[];
}

@Entity('books')
export class Book {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @ManyToOne(() => Author, (writer) => writer.books, { nullable: true })
  author!: Relation<Author> | null;
}

@Entity('albums')
export class Album {
  @PrimaryGeneratedColumn()
  id!: number;

  @OneToMany(() => Track, (track) => track.album, { cascade: true })
  tracks!: Relation<Track>[];
}

/** Deleted when its album is saved without it. */
@Entity('tracks')
export class Track {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToOne(() => Album, (album) => album.tracks, { orphanedRowAction: 'delete' })
  album!: Relation<Album>;
}

@Entity('log_lines')
export class LogLine {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  text!: string;
}

@Entity('drafts')
export class Draft extends LogLine {
  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt!: Date | null;
}

/** An entity that is not saved yet. */
export function author(name: string): Author {
  return Object.assign(new Author(), { name });
}
